-- The message of the journal that tells of the refused item, by which somebody may have it read again.
alter table quarantine add column record_id uuid;
