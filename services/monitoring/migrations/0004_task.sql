create table task (
  task_id uuid primary key,
  number bigint generated always as identity constraint task_number_is_unique unique,
  asset_id uuid not null references asset (asset_id),
  state text not null constraint task_state_is_known check (state in ('open', 'in_progress', 'snoozed', 'resolved', 'closed')),
  version bigint not null default 1,
  -- 1 low, 2 medium, 3 high: the highest of its violations.
  severity smallint not null constraint task_severity_is_known check (severity between 1 and 3),
  assignee text,
  assignee_name text,
  snoozed_until timestamptz,
  outcome text constraint task_outcome_is_known check (outcome in ('confirmed_risk', 'false_positive', 'not_actionable')),
  region_code text not null default '',
  -- Business date of creation, for its age in the report.
  created_on date not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- The transaction that changed it last: watchers ask for what is newer than the snapshot they saw.
  changed_in xid8 not null default pg_current_xact_id(),
  constraint task_open_is_free check (state <> 'open' or assignee is null),
  constraint task_in_progress_has_assignee check (state <> 'in_progress' or assignee is not null),
  constraint task_snoozed_has_end check ((state = 'snoozed') = (snoozed_until is not null)),
  constraint task_ended_has_outcome check ((state in ('resolved', 'closed')) = (outcome is not null))
);
create unique index task_is_one_per_asset on task (asset_id) where state in ('open', 'in_progress', 'snoozed');
create index task_asset on task (asset_id, created_at desc);
-- The inbox: most severe and oldest first.
create index task_inbox on task (severity desc, created_at, task_id) where state in ('open', 'in_progress', 'snoozed');
create index task_snoozed on task (snoozed_until) where state = 'snoozed';
create index task_changed on task (changed_in);

create function note_task_change() returns trigger language plpgsql as $$
begin
  new.changed_in := pg_current_xact_id();
  return new;
end $$;
create trigger task_change_is_noted before update on task for each row execute function note_task_change();

create table task_violation (
  task_id uuid not null references task (task_id),
  indicator_id uuid not null,
  indicator_key text not null,
  indicator_name text not null,
  indicator_version integer not null,
  severity smallint not null,
  first_violated_at timestamptz not null,
  -- The newest violated verdict and its evidence (dozor.monitoring.v1.Evidence), kept here because runs are cleaned up and tasks are not.
  run_id uuid not null,
  business_date date not null,
  evidence bytea not null,
  -- False when the newest run said clear.
  standing boolean not null default true,
  last_business_date date not null,
  primary key (task_id, indicator_id)
);

create table task_event (
  event_id bigint generated always as identity primary key,
  task_id uuid not null references task (task_id),
  at timestamptz not null,
  actor text not null,
  actor_name text not null,
  type text not null,
  -- Null before it was created.
  state_before text,
  state_after text not null,
  comment text not null default '',
  parameters jsonb not null default '{}'
);
create index task_event_task on task_event (task_id, event_id);
