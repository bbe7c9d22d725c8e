-- What is doubtful about the data of outside systems, and how far each of them can be trusted.

create table finding (
  id uuid primary key default gen_random_uuid(),
  rule text not null,
  entity_kind text not null constraint finding_entity_kind_is_known check (entity_kind in ('asset', 'counterparty', 'device')),
  entity_id text not null,
  source text not null,
  evidence jsonb not null,
  -- 1 open, 2 settled, 3 gone.
  state smallint not null default 1 constraint finding_state_is_known check (state between 1 and 3),
  owner text not null default '',
  -- 1 accepted, 2 corrected at the source, 3 not a problem; 0 unless it is settled.
  resolution smallint not null default 0 constraint finding_resolution_is_known check (resolution between 0 and 3),
  reason text not null default '' constraint finding_reason_is_bounded check (length(reason) <= 2000),
  settled_by text not null default '',
  settled_at timestamptz,
  found_at timestamptz not null default now(),
  gone_at timestamptz,
  -- Raised by every change.
  version bigint not null default 1,
  constraint finding_is_settled_with_a_reason check (
    state <> 2 or (resolution > 0 and reason <> '' and settled_by <> '' and settled_at is not null)
  ),
  constraint finding_that_is_gone_says_when check ((state = 3) = (gone_at is not null))
);
-- One finding per rule and entity that is not over; a settled one stays settled until its evidence changes.
create unique index finding_is_current_once on finding (rule, entity_id) where state in (1, 2);
create index finding_newest on finding (found_at desc, id desc);
create index finding_of_rule on finding (rule, found_at desc, id desc);
create index finding_of_entity on finding (entity_id, found_at desc);
create index finding_of_owner on finding (owner, found_at desc, id desc) where owner <> '';
create index finding_open on finding (source, rule, entity_id) where state = 1;

create table finding_change (
  finding_id uuid not null references finding (id) on delete cascade,
  version bigint not null,
  -- 1 found, 2 changed, 3 gone, 4 assigned, 5 settled, 6 reopened.
  action smallint not null constraint finding_action_is_known check (action between 1 and 6),
  -- The verified subject; empty for the rule itself.
  actor text not null default '',
  at timestamptz not null default now(),
  state smallint not null,
  owner text not null,
  resolution smallint not null,
  reason text not null,
  -- Set when it is another one than before.
  evidence jsonb,
  primary key (finding_id, version),
  constraint finding_is_changed_by_people_or_rules check ((action <= 3) = (actor = ''))
);

-- The history cannot be forgotten by whoever writes: it follows from the row. Who changed it is told by a setting of the transaction.
create function finding_keeps_its_history() returns trigger language plpgsql as $$
declare
  done smallint := case
    when tg_op = 'INSERT' then 1
    when new.state = 3 then 3
    when new.evidence is distinct from old.evidence then 2
    when new.state = 2 and old.state = 1 then 5
    when new.state = 1 and old.state = 2 then 6
    else 4
  end;
begin
  insert into finding_change (finding_id, version, action, actor, state, owner, resolution, reason, evidence)
  values (
    new.id, new.version, done, case when done <= 3 then '' else coalesce(current_setting('dozor.actor', true), '') end, new.state, new.owner,
    new.resolution, case when done = 6 then coalesce(current_setting('dozor.reason', true), '') else new.reason end,
    case when done <= 2 then new.evidence end
  );
  return null;
end $$;
create trigger finding_keeps_its_history after insert or update on finding for each row execute function finding_keeps_its_history();

create function finding_raises_its_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
create trigger finding_raises_its_version before update on finding for each row execute function finding_raises_its_version();

create table source_score (
  source text primary key,
  entity_count bigint not null,
  doubtful_count bigint not null,
  -- [{"rule": …, "entityCount": …}], largest first.
  shares jsonb not null,
  measured_at timestamptz not null default now(),
  constraint score_is_a_share check (doubtful_count between 0 and entity_count)
);
