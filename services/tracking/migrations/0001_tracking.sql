-- Who may carry a device: the identifiers that tracking needs to know of an asset, from registry's events.
create table asset (
  asset_id uuid primary key,
  version bigint not null,
  vin_norm text not null,
  plate_norm text not null,
  is_deleted boolean not null,
  return_date date,
  -- Only what is neither deleted nor returned gets devices.
  is_matchable boolean not null,
  updated_at timestamptz not null default now()
);
-- Matching asks by identifier, in both directions.
create index asset_vin on asset (vin_norm) where is_matchable and vin_norm <> '';
create index asset_plate on asset (plate_norm) where is_matchable and plate_norm <> '';
-- A return date that passes changes the matching without any event.
create index asset_return_due on asset (return_date) where is_matchable and return_date is not null;

create table provider (
  name text primary key,
  adapter text not null,
  -- Spacing of calls across instances.
  next_call_at timestamptz not null default '-infinity',
  last_started_at timestamptz,
  last_success_at timestamptz,
  last_error text not null default '',
  devices_complete_at timestamptz,
  zones_complete_at timestamptz,
  -- Begin of the newest listing of contacts that was complete: whatever the provider had received before is here.
  contacts_complete_until timestamptz,
  -- Why the newest listing of contacts was not complete; '' when it was.
  contacts_error text not null default '',
  -- The listing of contacts that is going on: its `since`, its next page, and the newest receivedAt seen, which begins the next listing.
  contacts_since timestamptz,
  contacts_page text,
  contacts_received_until timestamptz,
  contact_count bigint not null default 0,
  fix_count bigint not null default 0,
  flawed_fix_count bigint not null default 0
);

create table device (
  device_no bigint generated always as identity primary key,
  provider text not null,
  external_id text not null,
  imei text not null default '',
  series text not null default '',
  name text not null default '',
  vin text not null default '',
  plate text not null default '',
  installed_at timestamptz,
  removed_at timestamptz,
  -- Null while the device is known by its contacts only.
  listed_at timestamptz,
  constraint device_is_known_once unique (provider, external_id)
);

-- A device on an asset for a time. The provider shows the present one only; the earlier ones are remembered here. The columns that begin
-- with fix_ and zone_fix_ repeat the newest plausible fix and the newest fix good enough for zones, so that a check reads one row per device.
create table sitting (
  sitting_no bigint generated always as identity primary key,
  device_no bigint not null references device (device_no),
  -- As the provider said; an assignment by hand splits it into rows that share it.
  installed_at timestamptz not null,
  from_at timestamptz not null,
  to_at timestamptz not null default 'infinity',
  vin_norm text not null default '',
  plate_norm text not null default '',
  asset_id uuid,
  matching smallint not null constraint matching_is_known check (matching between 1 and 5),
  assigned_by text,
  assigned_reason text,
  last_contact_at timestamptz,
  -- No contact or fix of this sitting was told later than this: the newest is then also the newest as of any later instant.
  heard_until timestamptz not null default '-infinity',
  fix_at timestamptz,
  fix_received_at timestamptz,
  fix_content bigint,
  fix_lat double precision,
  fix_lon double precision,
  fix_source smallint,
  fix_accuracy_m double precision,
  fix_satellites integer,
  fix_region text,
  zone_fix_at timestamptz,
  zone_fix_received_at timestamptz,
  zone_fix_content bigint,
  zone_fix_lat double precision,
  zone_fix_lon double precision,
  zone_fix_source smallint,
  zone_fix_accuracy_m double precision,
  zone_fix_satellites integer,
  zone_fix_region text,
  constraint sitting_has_a_length check (from_at < to_at),
  constraint sitting_begins_once unique (device_no, from_at)
) with (fillfactor = 70);
create index sitting_asset on sitting (asset_id, from_at) where asset_id is not null;
create index sitting_vin on sitting (vin_norm) where vin_norm <> '';
create index sitting_plate on sitting (plate_norm) where plate_norm <> '';
-- Who is inside of a region now.
create index sitting_region on sitting (fix_region) where asset_id is not null and fix_region is not null;

create table contact (
  device_no bigint not null,
  at timestamptz not null,
  -- Hash of what was said, so that the same contact under two ids is one.
  content bigint not null,
  external_id text not null,
  received_at timestamptz not null,
  battery_percent double precision,
  odometer_km double precision,
  events text[] not null default '{}',
  -- Key of its fix; null when it had none.
  fix_placed_at timestamptz,
  fix_content bigint,
  primary key (device_no, at, content)
) partition by range (at);
-- Mileage reads odometers only.
create index contact_odometer on contact (device_no, at) include (odometer_km) where odometer_km is not null;

create table fix (
  device_no bigint not null,
  -- Its own time, or the contact's when its own cannot be: keeps garbage out of partitions nobody asked for.
  placed_at timestamptz not null,
  content bigint not null,
  at timestamptz not null,
  -- The first contact that told it. Decides what was known at an instant.
  contact_at timestamptz not null,
  received_at timestamptz not null,
  lat double precision not null,
  lon double precision not null,
  source smallint not null constraint source_is_known check (source between 1 and 3),
  accuracy_m double precision,
  satellites integer,
  flaw smallint not null constraint flaw_is_known check (flaw between 0 and 7),
  -- Plausible and good enough to decide about zones.
  is_zone_usable boolean not null,
  region text not null,
  constraint only_plausible_fixes_decide check (not is_zone_usable or flaw = 0),
  primary key (device_no, placed_at, content)
) partition by range (placed_at);

create table contact_early partition of contact for values from (minvalue) to ('2025-01-01 00:00:00+00');
create table fix_early partition of fix for values from (minvalue) to ('2025-01-01 00:00:00+00');

-- What contradicts the contract of a provider, with the reason; it never loses its neighbours.
create table quarantine (
  id bigint generated always as identity primary key,
  provider text not null,
  kind text not null constraint quarantine_kind_is_known check (kind in ('device', 'contact', 'zone')),
  external_id text not null,
  reason text not null,
  raw text not null,
  fingerprint text not null,
  seen_count bigint not null default 1,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  constraint quarantined_once unique (provider, kind, fingerprint)
);

-- One row. Its epochs tell every process when its copy of the zones or of the regions is old, and its lock orders changes of zones and new fixes.
create table geography (
  is_only boolean primary key default true constraint geography_has_one_row check (is_only),
  zone_epoch bigint not null default 0,
  region_epoch bigint not null default 0
);
insert into geography default values;

create table zone (
  zone_id uuid primary key default gen_random_uuid(),
  origin smallint not null constraint origin_is_known check (origin in (1, 2)),
  provider text not null default '',
  external_id text not null default '',
  name text not null,
  version bigint not null default 1,
  geometry jsonb not null,
  west double precision not null,
  south double precision not null,
  east double precision not null,
  north double precision not null,
  -- The geography.zone_epoch of its newest change.
  epoch bigint not null,
  request_id uuid constraint zone_request_is_made_once unique,
  created_by text not null default '',
  updated_at timestamptz not null default now(),
  archived_at timestamptz,
  constraint provider_zones_name_their_provider check ((origin = 1) = (provider <> ''))
);
create unique index zone_of_user_is_named_once on zone (name) where origin = 2 and archived_at is null;
create unique index zone_of_provider_is_known_once on zone (provider, external_id) where origin = 1;
create index zone_changed on zone (epoch);
create index zone_listed on zone (name text_pattern_ops, zone_id);

create table zone_audit (
  id bigint generated always as identity primary key,
  zone_id uuid not null,
  version bigint not null,
  action text not null,
  actor text not null,
  name text not null,
  geometry jsonb not null,
  at timestamptz not null default now()
);

-- Only the zones that an asset is or was in, never the matrix of all zones.
create table zone_visit (
  asset_id uuid not null,
  zone_id uuid not null references zone (zone_id),
  entered_at timestamptz not null,
  zone_version bigint not null,
  left_at timestamptz,
  primary key (asset_id, zone_id, entered_at)
);
-- Who is inside now, by zone; what an asset is in is found by the primary key.
create index zone_visit_open on zone_visit (zone_id, asset_id) where left_at is null;

-- Assets whose visits are out of date from an instant on: a zone or the sitting of a device changed.
create table visit_queue (
  asset_id uuid primary key,
  from_at timestamptz not null
);

-- Polygons of the federal subjects that replaced the built-in ones.
create table region_set (
  epoch bigint primary key,
  note text not null,
  polygons jsonb not null,
  imported_by text not null,
  imported_at timestamptz not null default now()
);

create table assignment_audit (
  id bigint generated always as identity primary key,
  device_no bigint not null references device (device_no),
  asset_id uuid,
  from_at timestamptz not null,
  reason text not null,
  actor text not null,
  at timestamptz not null default now()
);
