-- What every service needs to publish, consume and run jobs safely. The schema itself is made by the migrator.

create table runtime.outbox (
  id uuid primary key,
  -- Order within a lane. Gaps and late commits are harmless, because rows are found by published_at and not by a position.
  position bigint generated always as identity,
  lane smallint not null constraint outbox_lane_is_known check (lane between 0 and 7),
  topic text not null,
  key text not null,
  schema text not null,
  payload bytea not null,
  traceparent text,
  created_at timestamptz not null default now(),
  published_at timestamptz
);
-- The relay's question: what waits in my lanes, oldest first.
create index outbox_waiting on runtime.outbox (position) where published_at is null;
-- Cleaning and replay ask by time of publishing.
create index outbox_published on runtime.outbox (published_at) where published_at is not null;

create table runtime.outbox_lane (
  lane smallint primary key,
  owner text,
  claim_epoch bigint not null default 0,
  claimed_until timestamptz not null default '-infinity'
);
insert into runtime.outbox_lane (lane) select generate_series(0, 7);

-- When each stream was made, so that one made anew is noticed and filled again.
create table runtime.outbox_stream (
  name text primary key,
  made_at timestamptz not null
);

create table runtime.inbox (
  consumer text not null,
  message_id uuid not null,
  processed_at timestamptz not null default now(),
  primary key (consumer, message_id)
);
create index inbox_processed on runtime.inbox (processed_at);

create table runtime.dead_letter (
  id bigint generated always as identity primary key,
  consumer text not null,
  message_id text not null,
  stream text not null,
  subject text not null,
  schema text,
  payload bytea not null,
  headers jsonb not null,
  reason text not null constraint dead_letter_reason_is_known check (reason in ('undecodable', 'failed')),
  cause text not null,
  attempts integer not null,
  state text not null default 'open' constraint dead_letter_state_is_known check (state in ('open', 'retry', 'processed', 'discarded')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint dead_letter_is_written_once unique (consumer, message_id)
);
create index dead_letter_unsettled on runtime.dead_letter (consumer, id) where state in ('open', 'retry');

create table runtime.job (
  name text primary key,
  epoch bigint not null default 0,
  holder text,
  started_at timestamptz,
  last_success_at timestamptz,
  last_failure text
);

-- One row per commit of a job: proof that no commit carried an epoch older than the one before it.
create table runtime.job_commit (
  id bigint generated always as identity primary key,
  job text not null references runtime.job (name),
  epoch bigint not null,
  committed_at timestamptz not null default now()
);
create index job_commit_committed on runtime.job_commit (committed_at);
