-- What an administrator asks of the journal: lists by state, type and time, error texts, and what changed since the last look.

-- The transaction that wrote or changed the message last: what commits later than a look at the journal carries a number not below the oldest one that was
-- running at that look, so that no change is missed.
alter table integration_message add column changed_in xid8 not null default pg_current_xact_id();
create function integration_message_changed() returns trigger language plpgsql as $$
begin
  new.changed_in := pg_current_xact_id();
  return new;
end $$;
create trigger integration_message_changed before update on integration_message
  for each row execute function integration_message_changed();

create index message_changed on integration_message (changed_in);
-- Most messages are processed; a list of them finds its page from the newest on.
create index message_unprocessed on integration_message (request_state, counter) where request_state <> 3;
create index message_type on integration_message (request_type, counter);
create index message_error on integration_message (counter) where description <> '';
create index message_blocking on integration_message (counter) where direction = 2 and request_state = 4 and skipped_at is null;
-- From an instant to the counters around it.
create index message_written on integration_message (date_time, counter);

-- Why a message was refused again when somebody had it read again; empty when it was taken in or will be sent.
alter table integration_action add column error text not null default '';
create index action_request on integration_action (request_id, id) where request_id <> '';
