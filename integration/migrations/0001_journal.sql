-- The journal of every exchange with an outside system, in both directions.

create table integration_message (
  -- Chronological over the whole journal, and the order within a lane.
  counter bigint generated always as identity,
  record_id uuid not null,
  -- 1 inbound, 2 outbound.
  direction smallint not null constraint message_direction_is_known check (direction in (1, 2)),
  source text not null,
  -- A lane is direction, source and object.
  object_id text not null,
  request_type text not null,
  object_version text not null default '',
  entity_id uuid,
  body jsonb not null,
  -- 1 created, 2 received, 3 processed, 4 failed.
  request_state smallint not null constraint message_state_is_known check (request_state between 1 and 4),
  description text not null default '' constraint message_description_is_bounded check (length(description) <= 4000),
  -- Equal errors have equal fingerprints.
  fingerprint text not null default '',
  -- Since it was written or last asked to be tried again; the attempts themselves are all kept.
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  skipped_at timestamptz,
  skipped_by text not null default '',
  skip_reason text not null default '',
  traceparent text,
  date_time timestamptz not null default now(),
  date_time_update timestamptz not null default now(),
  -- Raised by every change.
  version bigint not null default 1,
  primary key (counter, date_time),
  constraint message_is_skipped_with_a_reason check ((skipped_at is null) = (skip_reason = '') and (skipped_at is null or request_state = 4))
) partition by range (date_time);
-- Partitions are made ahead by a job; what arrives while it does not run is not lost.
create table integration_message_default partition of integration_message default;

create index message_record on integration_message (record_id);
create index message_lane on integration_message (direction, source, object_id, counter);
-- What is not finished: to be sent, or holding its lane up.
create index message_open on integration_message (direction, source, counter)
  where request_state in (1, 2) or (request_state = 4 and skipped_at is null);
create index message_failed on integration_message (fingerprint, counter) where request_state = 4 and skipped_at is null;
create index message_entity on integration_message (entity_id, counter) where entity_id is not null;

-- Only legal transitions: 1 -> 2 -> 3 | 4, and 4 -> 1 when somebody asks for another try. An inbound message that is taken in within the transaction
-- in which it was written may be written in its final state.
create function integration_message_transition() returns trigger language plpgsql as $$
begin
  if new.request_state <> old.request_state and (old.request_state, new.request_state) not in ((1, 2), (2, 3), (2, 4), (4, 1)) then
    raise exception 'message % goes from state % to %', old.record_id, old.request_state, new.request_state using errcode = 'check_violation';
  end if;
  if old.skipped_at is not null and new.request_state <> 4 then
    raise exception 'message % was skipped and goes to state %', old.record_id, new.request_state using errcode = 'check_violation';
  end if;
  if (new.direction, new.source, new.object_id, new.body) is distinct from (old.direction, old.source, old.object_id, old.body) then
    raise exception 'message % changes what it says', old.record_id using errcode = 'check_violation';
  end if;
  new.version := old.version + 1;
  new.date_time_update := clock_timestamp();
  return new;
end $$;
create trigger integration_message_transition before update on integration_message
  for each row execute function integration_message_transition();

create table integration_attempt (
  record_id uuid not null,
  number integer not null,
  started_at timestamptz not null default clock_timestamp(),
  -- Unset while it is under way, and for ever when the process died in its middle.
  duration_ms integer,
  status integer,
  error text,
  response_excerpt text not null default '',
  primary key (record_id, number)
);
create index attempt_oldest on integration_attempt (started_at);

create table integration_pause (
  direction smallint not null,
  source text not null,
  -- Empty: the whole queue.
  object_id text not null default '',
  paused_by text not null,
  paused_at timestamptz not null default now(),
  reason text not null,
  primary key (direction, source, object_id)
);

-- One notice to the administrator per failure of a message: the key makes a second one impossible.
create table integration_notice (
  record_id uuid not null,
  -- How often the message had failed finally.
  failure integer not null,
  channel text not null,
  notice_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (record_id, failure, channel)
);

-- Who did what to the queue.
create table integration_action (
  id bigint generated always as identity primary key,
  request_id text not null default '',
  actor text not null,
  action text not null constraint action_is_known check (action in ('retry', 'skip', 'pause', 'resume')),
  record_id uuid,
  direction smallint,
  source text,
  object_id text,
  reason text not null default '',
  acted_at timestamptz not null default now()
);
create index action_record on integration_action (record_id, id) where record_id is not null;
create unique index action_is_done_once on integration_action (request_id, record_id) where request_id <> '' and record_id is not null;
