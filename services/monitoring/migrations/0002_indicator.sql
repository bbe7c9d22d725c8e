create table indicator (
  indicator_id uuid primary key,
  key text not null constraint indicator_key_is_unique unique,
  state text not null constraint indicator_state_is_known check (state in ('draft', 'published', 'archived')),
  version bigint not null default 1,
  -- dozor.monitoring.v1.Definition in proto JSON.
  draft jsonb not null,
  published_version integer not null default 0,
  updated_at timestamptz not null,
  updated_by text not null
);

create table indicator_version (
  indicator_id uuid not null references indicator (indicator_id),
  version integer not null constraint indicator_version_is_positive check (version > 0),
  definition jsonb not null,
  -- Names of the zones as they were when it was published, by zone id: evidence keeps its words when a zone is renamed.
  zone_names jsonb not null default '{}',
  published_at timestamptz not null,
  published_by text not null,
  primary key (indicator_id, version)
);

create function refuse_changed_indicator_version() returns trigger language plpgsql as $$
begin
  raise exception 'version % of indicator % is published and does not change', old.version, old.indicator_id;
end $$;
create trigger indicator_version_is_immutable before update or delete on indicator_version
  for each row execute function refuse_changed_indicator_version();

-- Mutations that a client may repeat: the second call answers what the first one made.
create table request (
  request_id uuid primary key,
  method text not null,
  subject text not null,
  result_id uuid not null,
  created_at timestamptz not null default now()
);
create index request_created on request (created_at);

-- What people did, other than to tasks, which keep their own history.
create table audit_event (
  event_id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  actor_name text not null,
  action text not null,
  object_kind text not null,
  object_id text not null,
  before jsonb,
  after jsonb
);
create index audit_event_object on audit_event (object_kind, object_id, event_id);
