-- For following one object: the message that told of a snapshot (null for those told of before), and what was refused of an object.
alter table asset_snapshot add column event_id uuid;
create index quarantine_object on quarantine (source, external_id);
