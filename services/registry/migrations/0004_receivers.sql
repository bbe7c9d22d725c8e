-- How far each receiver is with everything there is of one kind. One row per receiver and kind; a load that is asked for again begins its row anew.
create table receiver_load (
  receiver text not null,
  kind text not null,
  -- The last entity that was looked at; the next page is after it.
  after_id uuid not null default '00000000-0000-0000-0000-000000000000',
  read_count bigint not null default 0,
  queued_count bigint not null default 0,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  -- Asked for by a person: then also what the receiver was told already is told again.
  asked_by text not null default '',
  reason text not null default '',
  primary key (receiver, kind)
);
