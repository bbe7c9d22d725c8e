-- Master data as the sources gave it, normalised, with the raw record beside it. Every id is a UUID v5 of source and external id, so that a reference
-- can be written down before its target has arrived: there are no foreign keys between entities on purpose.

create table nomenclature (
  id uuid primary key,
  source text not null,
  external_id text not null,
  version bigint not null default 1 constraint nomenclature_version_is_positive check (version > 0),
  source_version text not null,
  content_hash bytea not null,
  deleted boolean not null,
  code text not null,
  description text not null,
  remarks jsonb not null,
  raw jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  folder boolean not null,
  parent_id uuid,
  kind smallint not null constraint nomenclature_kind_is_known check (kind between 0 and 10),
  vin_expected boolean not null,
  tracker_expected boolean not null,
  constraint nomenclature_is_known_once unique (source, external_id)
);
create index nomenclature_children on nomenclature (parent_id, id);
create index nomenclature_description on nomenclature (lower(description) text_pattern_ops);

create table counterparty (
  id uuid primary key,
  source text not null,
  external_id text not null,
  version bigint not null default 1 constraint counterparty_version_is_positive check (version > 0),
  source_version text not null,
  content_hash bytea not null,
  deleted boolean not null,
  code text not null,
  description text not null,
  remarks jsonb not null,
  raw jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  type smallint not null constraint counterparty_type_is_known check (type between 0 and 3),
  full_name text not null,
  inn text not null,
  kpp text not null,
  ogrn text not null,
  legal_address text not null,
  constraint counterparty_is_known_once unique (source, external_id)
);
create index counterparty_inn on counterparty (inn text_pattern_ops) where inn <> '';
create index counterparty_ogrn on counterparty (ogrn text_pattern_ops) where ogrn <> '';
create index counterparty_description on counterparty (lower(description) text_pattern_ops);

create table contact (
  id uuid primary key,
  source text not null,
  external_id text not null,
  version bigint not null default 1 constraint contact_version_is_positive check (version > 0),
  source_version text not null,
  content_hash bytea not null,
  deleted boolean not null,
  code text not null,
  description text not null,
  remarks jsonb not null,
  raw jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  counterparty_id uuid,
  position text not null,
  phone text not null,
  email text not null,
  constraint contact_is_known_once unique (source, external_id)
);
create index contact_counterparty on contact (counterparty_id, id);
create index contact_description on contact (lower(description) text_pattern_ops);

create table contract (
  id uuid primary key,
  source text not null,
  external_id text not null,
  version bigint not null default 1 constraint contract_version_is_positive check (version > 0),
  source_version text not null,
  content_hash bytea not null,
  deleted boolean not null,
  code text not null,
  description text not null,
  remarks jsonb not null,
  raw jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  number text not null,
  signed_date date,
  start_date date,
  end_date date,
  status smallint not null constraint contract_status_is_known check (status between 0 and 5),
  lessee_id uuid,
  lessor_id uuid,
  address text not null,
  latitude_deg double precision constraint contract_latitude_is_on_earth check (latitude_deg between -90 and 90),
  longitude_deg double precision constraint contract_longitude_is_on_earth check (longitude_deg between -180 and 180),
  radius_km double precision constraint contract_radius_is_positive check (radius_km > 0),
  region_code text not null,
  planned_mileage_km_per_year double precision constraint contract_mileage_is_positive check (planned_mileage_km_per_year > 0),
  debt_amount numeric(18, 2),
  overdue_days integer not null constraint contract_overdue_is_not_negative check (overdue_days >= 0),
  constraint contract_is_known_once unique (source, external_id),
  constraint contract_location_is_whole check ((latitude_deg is null) = (longitude_deg is null))
);
create index contract_lessee on contract (lessee_id, id);
create index contract_lessor on contract (lessor_id, id);
create index contract_number on contract (lower(number) text_pattern_ops);

create table contract_item (
  contract_id uuid not null references contract (id) on delete cascade,
  line_number integer not null,
  asset_id uuid not null,
  handover_date date,
  return_date date,
  primary key (contract_id, line_number)
);
-- Which contracts name this asset: asked for every snapshot.
create index contract_item_asset on contract_item (asset_id);

create table asset (
  id uuid primary key,
  source text not null,
  external_id text not null,
  version bigint not null default 1 constraint asset_version_is_positive check (version > 0),
  source_version text not null,
  content_hash bytea not null,
  deleted boolean not null,
  code text not null,
  description text not null,
  remarks jsonb not null,
  raw jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  nomenclature_id uuid,
  contract_id uuid,
  vin text not null,
  plate text not null,
  serial_number text not null,
  epts_number text not null,
  manufacture_year smallint not null,
  constraint asset_is_known_once unique (source, external_id)
);
create index asset_contract on asset (contract_id, id);
create index asset_nomenclature on asset (nomenclature_id, id);
create index asset_vin on asset (vin text_pattern_ops) where vin <> '';
create index asset_plate on asset (plate text_pattern_ops) where plate <> '';
create index asset_serial_number on asset (serial_number text_pattern_ops) where serial_number <> '';
create index asset_description on asset (lower(description) text_pattern_ops);

-- What the other services know of an asset: the message last put into the outbox.
create table asset_snapshot (
  asset_id uuid primary key,
  version bigint not null constraint asset_snapshot_version_is_positive check (version > 0),
  content_hash bytea not null,
  payload bytea not null,
  changed_at timestamptz not null
);

-- Assets whose snapshot may differ from what was published, marked in the transaction that changed what it is made of.
create table pending_snapshot (
  asset_id uuid primary key,
  marked_at timestamptz not null default now()
);
