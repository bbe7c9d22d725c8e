-- The summary report. One row per asset says where it counts; its trigger writes what a change adds and takes away, a job folds those
-- deltas into counters, and readers add both, so that they see every committed change at once. Nothing here depends on who writes.

create table report_asset (
  asset_id uuid primary key references asset (asset_id),
  watched boolean not null,
  watch_reason text not null,
  kind text not null,
  region text not null,
  lessor text not null,
  lessee text not null,
  task_id uuid,
  task_state text,
  assignee text,
  task_created_on date,
  -- Keys of the standing violations of that task, in order.
  indicator_keys text[] not null default '{}'
);
-- Drill-down, by asset id within the value of a dimension.
create index report_asset_lessor on report_asset (lessor, asset_id);
create index report_asset_lessee on report_asset (lessee, asset_id);
create index report_asset_region on report_asset (region, asset_id);
create index report_asset_task on report_asset (asset_id) where task_id is not null;

create table report_counter (
  dimension text not null,
  key text not null,
  asset_count bigint not null,
  watched_asset_count bigint not null,
  task_count bigint not null,
  violation_count bigint not null,
  primary key (dimension, key)
);
create index report_counter_top on report_counter (dimension, task_count desc, asset_count desc, key);

create table report_delta (
  delta_id bigint generated always as identity primary key,
  dimension text not null,
  key text not null,
  asset_count bigint not null,
  watched_asset_count bigint not null,
  task_count bigint not null,
  violation_count bigint not null
);
create index report_delta_dimension on report_delta (dimension, key);

-- The counters as they stood when the run of a business date ended.
create table report_day (
  business_date date not null,
  dimension text not null,
  key text not null,
  asset_count bigint not null,
  watched_asset_count bigint not null,
  task_count bigint not null,
  violation_count bigint not null,
  primary key (business_date, dimension, key)
);

-- Every value of every dimension under which an asset counts, and how many of its violations count there.
create function report_keys(counted report_asset) returns table (dimension text, key text, violation_count integer)
language sql immutable as $$
  select fixed.dimension, fixed.key, cardinality(counted.indicator_keys)
  from (values
    ('total', ''),
    ('lessor', counted.lessor),
    ('lessee', counted.lessee),
    ('region', counted.region),
    ('kind', counted.kind),
    ('watch_reason', counted.watch_reason)
  ) as fixed (dimension, key)
  union all
  select of_task.dimension, of_task.key, cardinality(counted.indicator_keys)
  from (values
    ('task_state', counted.task_state),
    ('assignee', coalesce(counted.assignee, 'none')),
    ('task_created_on', to_char(counted.task_created_on, 'YYYY-MM-DD'))
  ) as of_task (dimension, key)
  where counted.task_id is not null
  union all
  select 'indicator', indicator_key, 1 from unnest(counted.indicator_keys) as indicator_key
$$;

create function note_report_delta() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into report_delta (dimension, key, asset_count, watched_asset_count, task_count, violation_count)
    select k.dimension, k.key, count(*), count(*) filter (where n.watched), count(n.task_id), sum(k.violation_count)
    from new_rows n cross join lateral report_keys(n) k
    group by k.dimension, k.key;
  else
    insert into report_delta (dimension, key, asset_count, watched_asset_count, task_count, violation_count)
    select dimension, key, sum(assets), sum(watched), sum(tasks), sum(violations)
    from (
      select k.dimension, k.key, -1 as assets, -(o.watched::int) as watched, -((o.task_id is not null)::int) as tasks, -k.violation_count as violations
      from old_rows o cross join lateral report_keys(o) k
      union all
      select k.dimension, k.key, 1, n.watched::int, (n.task_id is not null)::int, k.violation_count
      from new_rows n cross join lateral report_keys(n) k
    ) parts
    group by dimension, key
    having sum(assets) <> 0 or sum(watched) <> 0 or sum(tasks) <> 0 or sum(violations) <> 0;
  end if;
  return null;
end $$;

create trigger report_asset_added after insert on report_asset
  referencing new table as new_rows for each statement execute function note_report_delta();
create trigger report_asset_changed after update on report_asset
  referencing old table as old_rows new table as new_rows for each statement execute function note_report_delta();

create function report_follows_asset() returns trigger language plpgsql as $$
begin
  insert into report_asset as r (asset_id, watched, watch_reason, kind, region, lessor, lessee)
  select asset_id, watched, watch_reason, coalesce(kind, 'none'), coalesce(nullif(agreed_region, ''), 'none'),
    coalesce(lessor_id::text, 'none'), coalesce(lessee_id::text, 'none')
  from new_rows order by asset_id
  on conflict (asset_id) do update set watched = excluded.watched, watch_reason = excluded.watch_reason, kind = excluded.kind,
    region = excluded.region, lessor = excluded.lessor, lessee = excluded.lessee
  where (r.watched, r.watch_reason, r.kind, r.region, r.lessor, r.lessee)
    is distinct from (excluded.watched, excluded.watch_reason, excluded.kind, excluded.region, excluded.lessor, excluded.lessee);
  return null;
end $$;
create trigger report_follows_new_asset after insert on asset
  referencing new table as new_rows for each statement execute function report_follows_asset();
create trigger report_follows_changed_asset after update on asset
  referencing new table as new_rows for each statement execute function report_follows_asset();

create function refresh_report_tasks(asset_ids uuid[]) returns void language plpgsql as $$
begin
  -- Locked in one statement and read in the next, whose snapshot then has everything that was committed before the lock was granted.
  perform from report_asset where asset_id = any (asset_ids) order by asset_id for no key update;
  update report_asset r
  set task_id = s.task_id, task_state = s.state, assignee = s.assignee, task_created_on = s.created_on, indicator_keys = s.indicator_keys
  from (
    select a.asset_id, t.task_id, t.state, t.assignee, t.created_on, coalesce(v.keys, '{}') as indicator_keys
    from unnest(asset_ids) as a (asset_id)
    left join task t on t.asset_id = a.asset_id and t.state in ('open', 'in_progress', 'snoozed')
    left join lateral (
      select array_agg(indicator_key order by indicator_key) as keys from task_violation where task_id = t.task_id and standing
    ) v on true
  ) s
  where r.asset_id = s.asset_id
    and (r.task_id, r.task_state, r.assignee, r.task_created_on, r.indicator_keys)
      is distinct from (s.task_id, s.state, s.assignee, s.created_on, s.indicator_keys);
end $$;

create function report_follows_task() returns trigger language plpgsql as $$
begin
  perform refresh_report_tasks((select array_agg(distinct asset_id) from new_rows));
  return null;
end $$;
create trigger report_follows_new_task after insert on task
  referencing new table as new_rows for each statement execute function report_follows_task();
create trigger report_follows_changed_task after update on task
  referencing new table as new_rows for each statement execute function report_follows_task();

create function report_follows_violation() returns trigger language plpgsql as $$
begin
  perform refresh_report_tasks((select array_agg(distinct t.asset_id) from new_rows n join task t on t.task_id = n.task_id));
  return null;
end $$;
create trigger report_follows_new_violation after insert on task_violation
  referencing new table as new_rows for each statement execute function report_follows_violation();
create trigger report_follows_changed_violation after update on task_violation
  referencing new table as new_rows for each statement execute function report_follows_violation();

-- The functions know the rows they are about as new_rows, also those that are gone.
create trigger report_follows_gone_task after delete on task
  referencing old table as new_rows for each statement execute function report_follows_task();
create trigger report_follows_gone_violation after delete on task_violation
  referencing old table as new_rows for each statement execute function report_follows_violation();

-- The counters as readers see them.
create view report_now as
  select dimension, key, sum(asset_count)::bigint as asset_count, sum(watched_asset_count)::bigint as watched_asset_count,
    sum(task_count)::bigint as task_count, sum(violation_count)::bigint as violation_count
  from (
    select dimension, key, asset_count, watched_asset_count, task_count, violation_count from report_counter
    union all
    select dimension, key, asset_count, watched_asset_count, task_count, violation_count from report_delta
  ) parts
  group by dimension, key
  having sum(asset_count) <> 0 or sum(watched_asset_count) <> 0 or sum(task_count) <> 0 or sum(violation_count) <> 0;

-- The same numbers counted anew from assets, tasks and violations, without anything the report keeps.
create function report_recount()
returns table (dimension text, key text, asset_count bigint, watched_asset_count bigint, task_count bigint, violation_count bigint)
language sql stable as $$
  with active as (
    select t.task_id, t.asset_id, t.state, t.assignee, t.created_on,
      (select count(*) from task_violation v where v.task_id = t.task_id and v.standing) as violations
    from task t where t.state in ('open', 'in_progress', 'snoozed')
  ),
  subject as (
    select a.*, t.task_id, t.state as task_state, t.assignee, t.created_on, coalesce(t.violations, 0) as violations
    from asset a left join active t on t.asset_id = a.asset_id
  )
  select 'total', '', count(*), count(*) filter (where watched), count(task_id), sum(violations)::bigint from subject having count(*) > 0
  union all
  select 'lessor', coalesce(lessor_id::text, 'none'), count(*), count(*) filter (where watched), count(task_id), sum(violations)::bigint from subject group by 2
  union all
  select 'lessee', coalesce(lessee_id::text, 'none'), count(*), count(*) filter (where watched), count(task_id), sum(violations)::bigint from subject group by 2
  union all
  select 'region', coalesce(nullif(agreed_region, ''), 'none'), count(*), count(*) filter (where watched), count(task_id), sum(violations)::bigint
  from subject group by 2
  union all
  select 'kind', coalesce(kind, 'none'), count(*), count(*) filter (where watched), count(task_id), sum(violations)::bigint from subject group by 2
  union all
  select 'watch_reason', watch_reason, count(*), count(*) filter (where watched), count(task_id), sum(violations)::bigint from subject group by 2
  union all
  select 'task_state', task_state, count(*), count(*) filter (where watched), count(*), sum(violations)::bigint
  from subject where task_id is not null group by 2
  union all
  select 'assignee', coalesce(assignee, 'none'), count(*), count(*) filter (where watched), count(*), sum(violations)::bigint
  from subject where task_id is not null group by 2
  union all
  select 'task_created_on', to_char(created_on, 'YYYY-MM-DD'), count(*), count(*) filter (where watched), count(*), sum(violations)::bigint
  from subject where task_id is not null group by 2
  union all
  select 'indicator', v.indicator_key, count(*), count(*) filter (where s.watched), count(*), count(*)
  from subject s join task_violation v on v.task_id = s.task_id and v.standing group by 2
$$;
