-- Where the data comes from, what was refused, and what is doubtful about it.

create table source_state (
  name text primary key,
  adapter text not null,
  last_started_at timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_error text not null default '',
  received bigint not null default 0,
  saved bigint not null default 0,
  unchanged bigint not null default 0,
  quarantined bigint not null default 0,
  ignored bigint not null default 0,
  acknowledged bigint not null default 0,
  packets bigint not null default 0,
  constraint source_state_counts_every_record check (received = saved + unchanged + quarantined + ignored)
);

create table quarantine (
  id uuid primary key default gen_random_uuid(),
  source text not null,
  type text not null,
  external_id text not null,
  source_version text not null,
  content_hash bytea not null,
  -- How the raw bytes are to be read again.
  format text not null constraint quarantine_format_is_known check (format in ('atom', 'odata-json', 'http-json')),
  raw bytea not null constraint quarantine_raw_is_bounded check (octet_length(raw) <= 1048576),
  reasons jsonb not null,
  first_rule text not null,
  state smallint not null default 1 constraint quarantine_state_is_known check (state between 1 and 3),
  received_count integer not null default 1,
  -- The message of the journal that tells of the refusal.
  journal_record_id uuid not null,
  received_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint quarantine_keeps_a_record_once unique (source, type, external_id, content_hash)
);
create index quarantine_newest on quarantine (received_at desc, id desc);
create index quarantine_open on quarantine (first_rule) where state = 1;

-- What Kontur.Focus said of a counterparty, judged against what the source said.
create table counterparty_check (
  counterparty_id uuid primary key references counterparty (id) on delete cascade,
  asked_inn text not null,
  asked_ogrn text not null,
  identity smallint not null constraint counterparty_check_identity_is_known check (identity between 1 and 8),
  checked_at timestamptz not null,
  -- Empty when Focus knows neither number.
  focus_inn text not null,
  focus_ogrn text not null,
  focus_name text not null,
  status_text text not null,
  dissolved boolean not null,
  dissolving boolean not null,
  reorganizing boolean not null,
  bankrupting boolean not null,
  region_number text not null
);
create index counterparty_check_oldest on counterparty_check (checked_at);

-- Answers of Kontur.Focus by the value asked, so that none is asked for twice a day.
create table focus_answer (
  method text not null constraint focus_answer_method_is_known check (method in ('req', 'egrDetails')),
  number text not null,
  records jsonb not null,
  answered_at timestamptz not null default now(),
  primary key (method, number)
);
create index focus_answer_oldest on focus_answer (answered_at);

-- Calls spent per business day, and whether we were told to stop.
create table focus_quota (
  day date primary key,
  calls integer not null
);
create table focus_stop (
  -- Hash of address and key: a changed configuration may ask again.
  config_hash text primary key,
  reason text not null,
  stopped_at timestamptz not null default now()
);
