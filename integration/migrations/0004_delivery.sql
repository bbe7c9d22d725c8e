-- What delivery asks of the journal: where each lane stands, without looking through what waits behind its first message.

-- How often the message failed for good: each time may tell the administrator once.
alter table integration_message add column failures integer not null default 0;

-- A record that is accepted looks for older refusals of its object.
create index message_refused on integration_message (source, object_id) where direction = 1 and request_state = 4 and skipped_at is null;

-- One row per outbound lane with something unfinished. Its first message is the one that may be sent; a failed one holds the lane up.
create table integration_lane (
  source text not null,
  object_id text not null,
  -- Time-ordered, so that lanes are served in the order in which they began to wait.
  head_record_id uuid not null,
  is_blocked boolean not null default false,
  next_attempt_at timestamptz not null default '-infinity',
  -- Epoch of the job that is sending the first message; null while nobody is.
  claimed_epoch bigint,
  primary key (source, object_id)
);
create index lane_ready on integration_lane (source, head_record_id) where not is_blocked and claimed_epoch is null;
create index lane_claimed on integration_lane (claimed_epoch) where claimed_epoch is not null;

-- Whoever changes a message, the lane follows: on with the next one when the first is finished, held up when it failed, ready when it is to be tried again.
create function integration_lane_follow() returns trigger language plpgsql as $$
declare
  following record;
begin
  -- Whoever appends to this lane holds the row until its commit, and what it appended is then seen below.
  perform from integration_lane where source = new.source and object_id = new.object_id and head_record_id = new.record_id for update;
  if not found then return null; end if;
  if new.request_state = 3 or new.skipped_at is not null then
    select record_id, request_state into following from integration_message
      where direction = 2 and source = new.source and object_id = new.object_id and counter > new.counter
        and (request_state in (1, 2) or (request_state = 4 and skipped_at is null))
      order by counter limit 1;
    if found then
      update integration_lane
        set head_record_id = following.record_id, is_blocked = following.request_state = 4, next_attempt_at = '-infinity', claimed_epoch = null
        where source = new.source and object_id = new.object_id;
    else
      delete from integration_lane where source = new.source and object_id = new.object_id;
    end if;
  elsif new.request_state = 4 then
    update integration_lane set is_blocked = true, claimed_epoch = null where source = new.source and object_id = new.object_id;
  elsif new.request_state = 1 then
    update integration_lane set is_blocked = false, next_attempt_at = '-infinity', claimed_epoch = null
      where source = new.source and object_id = new.object_id;
  end if;
  return null;
end $$;
create trigger integration_lane_follow after update on integration_message
  for each row
  when (new.direction = 2 and (new.request_state <> old.request_state or new.skipped_at is distinct from old.skipped_at))
  execute function integration_lane_follow();
