-- Each comparison of the projection with registry, and what it came to.

create table reconciliation (
  reconciliation_id uuid primary key default gen_random_uuid(),
  thorough boolean not null,
  started_at timestamptz not null default now(),
  -- Null while it runs.
  ended_at timestamptz,
  range_count integer not null default 0,
  differing_range_count integer not null default 0,
  asset_count bigint not null default 0,
  missing_count bigint not null default 0,
  behind_count bigint not null default 0,
  ahead_count bigint not null default 0,
  contradicting_count bigint not null default 0,
  surplus_count bigint not null default 0,
  damaged_count bigint not null default 0,
  repaired_count bigint not null default 0,
  on_its_way_count bigint not null default 0,
  error text not null default ''
);
create index reconciliation_newest on reconciliation (started_at desc, reconciliation_id desc);

-- Registry is right. What stands above its version here was damaged, or registry was restored from a backup; only a comparison may put it back.
create or replace function refuse_falling_asset_version() returns trigger language plpgsql as $$
begin
  if current_setting('dozor.repairs_projection', true) = 'on' then
    return new;
  end if;
  raise exception 'version of asset % must not fall from % to %', old.asset_id, old.version, new.version;
end $$;

-- An asset that registry does not have leaves the report with it.
create function note_report_removal() returns trigger language plpgsql as $$
begin
  insert into report_delta (dimension, key, asset_count, watched_asset_count, task_count, violation_count)
  select k.dimension, k.key, -count(*), -count(*) filter (where o.watched), -count(o.task_id), -sum(k.violation_count)
  from old_rows o cross join lateral report_keys(o) k
  group by k.dimension, k.key;
  return null;
end $$;
create trigger report_asset_removed after delete on report_asset
  referencing old table as old_rows for each statement execute function note_report_removal();
