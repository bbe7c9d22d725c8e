-- The ledger of runs. Clear verdicts are not stored: a member of a judged chunk without a verdict row is clear.

create table run (
  run_id uuid primary key,
  business_date date not null constraint run_is_one_per_business_date unique,
  as_of timestamptz not null,
  state text not null constraint run_state_is_known check (state in ('planning', 'checking', 'completed', 'cancelled')),
  watched_asset_count integer not null default 0,
  slice_count integer not null default 0,
  chunk_count integer not null default 0,
  -- Assets up to this one are planned; where planning goes on after a crash.
  planned_up_to uuid,
  started_at timestamptz not null,
  started_by text not null,
  ended_at timestamptz,
  cancel_reason text,
  -- Written when the run closes.
  counts_by_indicator jsonb,
  proof bytea,
  constraint run_ends_with_proof check ((state in ('completed', 'cancelled')) = (ended_at is not null and proof is not null))
);
create index run_open on run (business_date) where state in ('planning', 'checking');

-- The indicators of a run in the versions that were published when it began.
create table run_indicator (
  run_id uuid not null references run (run_id),
  indicator_id uuid not null,
  indicator_version integer not null,
  indicator_key text not null,
  primary key (run_id, indicator_id),
  foreign key (indicator_id, indicator_version) references indicator_version (indicator_id, version)
);

-- One indicator applied to at most 500 assets. Slices divide the watched assets in asset id order; each has a chunk per indicator.
create table run_chunk (
  run_id uuid not null references run (run_id),
  chunk_no integer not null,
  slice_no integer not null,
  indicator_id uuid not null,
  indicator_version integer not null,
  -- The request that asked tracking for facts; several chunks of a slice share one. Null when no tracker is needed.
  check_id uuid,
  asset_ids uuid[] not null constraint run_chunk_size check (cardinality(asset_ids) between 1 and 500),
  -- Versions of the snapshots that were judged, in the same order.
  asset_versions bigint[],
  state text not null constraint run_chunk_state_is_known check (state in ('planned', 'sent', 'judged', 'failed', 'timed_out')),
  attempt smallint not null default 1,
  deadline_at timestamptz,
  violated_count integer not null default 0,
  clear_count integer not null default 0,
  unknown_count integer not null default 0,
  failed_count integer not null default 0,
  -- Why it failed: timed_out, tracking_failed, cancelled; and in whose words.
  failure text,
  failure_detail text,
  hash bytea,
  ended_at timestamptz,
  primary key (run_id, chunk_no),
  constraint run_chunk_is_one_per_slice_and_indicator unique (run_id, slice_no, indicator_id),
  constraint run_chunk_ends_with_hash check ((state in ('judged', 'failed', 'timed_out')) = (hash is not null and ended_at is not null)),
  constraint run_chunk_counts_all check (
    state in ('planned', 'sent') or violated_count + clear_count + unknown_count + failed_count = cardinality(asset_ids)
  )
);
create index run_chunk_check on run_chunk (check_id) where check_id is not null;
-- The driver's questions: what is there to judge here, what is overdue, is anything left.
create index run_chunk_open on run_chunk (run_id, state, deadline_at) where state in ('planned', 'sent');

create function refuse_reopened_chunk() returns trigger language plpgsql as $$
begin
  raise exception 'chunk % of run % ended as % and does not change', old.chunk_no, old.run_id, old.state;
end $$;
create trigger run_chunk_ends_once before update on run_chunk
  for each row when (old.state in ('judged', 'failed', 'timed_out')) execute function refuse_reopened_chunk();

create table verdict (
  run_id uuid not null references run (run_id),
  asset_id uuid not null,
  indicator_id uuid not null,
  result text not null constraint verdict_result_is_stored check (result in ('violated', 'unknown')),
  unknown_reason text not null,
  -- dozor.monitoring.v1.Evidence of a violated verdict.
  evidence bytea,
  primary key (run_id, asset_id, indicator_id),
  constraint verdict_says_why check (
    (result = 'violated' and evidence is not null and unknown_reason = '') or (result = 'unknown' and unknown_reason <> '')
  )
);
