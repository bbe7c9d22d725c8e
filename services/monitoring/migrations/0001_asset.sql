-- The projection of registry's assets: what the watch rule, scopes, judging, the report and the search ask for, beside the snapshot as it came.

create table watch_rule (
  -- There is one rule; this column cannot hold a second.
  is_only boolean primary key default true constraint watch_rule_is_one check (is_only),
  version bigint not null default 1,
  kinds text[] not null,
  contract_statuses text[] not null,
  -- When this database was made: runs of earlier dates were not missed.
  made_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by text not null
);
insert into watch_rule (kinds, contract_statuses, updated_by)
values (array['passenger_car', 'truck', 'bus', 'trailer', 'special_machine', 'motorcycle'], array['active'], 'system');

create table asset (
  asset_id uuid primary key,
  version bigint not null constraint asset_version_is_positive check (version > 0),
  content_hash bytea not null,
  -- dozor.registry.v1.AssetSnapshot; the columns below repeat what is asked for often.
  payload bytea not null,
  applied_at timestamptz not null default now(),
  deleted boolean not null,
  external_id text not null,
  description text not null,
  vin text not null,
  plate text not null,
  -- Null until the nomenclature has arrived.
  kind text,
  tracker_expected boolean not null,
  contract_id uuid,
  contract_number text not null,
  contract_status text,
  contract_deleted boolean not null,
  start_date date,
  end_date date,
  handover_date date,
  return_date date,
  agreed_latitude_deg double precision,
  agreed_longitude_deg double precision,
  agreed_radius_km double precision,
  agreed_region text not null,
  planned_mileage_km_per_year double precision,
  lessee_id uuid,
  lessee_name text not null,
  lessee_identity text,
  lessee_found boolean not null,
  lessee_states text[] not null,
  lessor_id uuid,
  lessor_name text not null,
  lessor_identity text,
  lessor_found boolean not null,
  lessor_states text[] not null,
  -- "watched", or the first reason why it is not.
  watch_reason text not null,
  watched boolean not null generated always as (watch_reason = 'watched') stored,
  -- The business date from which the reason may be another one; null when no date will change it.
  watch_recheck_on date,
  -- The version of the rule that gave the reason; assets of an older one are looked at again.
  watch_rule_version bigint not null
);
create index asset_watch_recheck on asset (watch_recheck_on) where watch_recheck_on is not null;
create index asset_watch_rule on asset (watch_rule_version);
-- The report looks up the name of a party by any of its assets.
create index asset_lessee on asset (lessee_id, asset_id);
create index asset_lessor on asset (lessor_id, asset_id);

create function refuse_falling_asset_version() returns trigger language plpgsql as $$
begin
  raise exception 'version of asset % must not fall from % to %', old.asset_id, old.version, new.version;
end $$;
create trigger asset_version_never_falls before update on asset
  for each row when (new.version < old.version) execute function refuse_falling_asset_version();
