import { type Finding, finding, type OracleContext } from "./oracle.ts";

/**
 * I3: one run per business date, ended; in it every asset once per indicator; and the newest run has every asset that was watched
 * when it began, for each indicator whose scope is everything.
 */
export async function oneRunPerDate({ databases: { monitoring: sql } }: OracleContext): Promise<Finding> {
  const problems = await sql<{ problem: string }[]>`
    select format('%s has %s runs', business_date, count(*)) as problem from run group by business_date having count(*) > 1
    union all
    select format('the run of %s is still %s', business_date, state) from run where state not in ('completed', 'cancelled')
    union all
    select format('the run of %s has asset %s %s times for indicator %s', r.business_date, m.asset_id, count(*), c.indicator_id)
    from run r join run_chunk c using (run_id) cross join lateral unnest(c.asset_ids) as m (asset_id)
    group by r.business_date, m.asset_id, c.indicator_id having count(*) > 1
  `;
  const forgotten = await sql<{ problem: string }[]>`
    with newest as (select * from run where state = 'completed' order by business_date desc limit 1),
    unscoped as (
      select i.indicator_id, i.indicator_key
      from newest join run_indicator i using (run_id) join indicator_version d
        on d.indicator_id = i.indicator_id and d.version = i.indicator_version
      where coalesce(d.definition -> 'scope', '{}') = '{}'
    ),
    member as (
      select c.indicator_id, m.asset_id
      from newest join run_chunk c using (run_id) cross join lateral unnest(c.asset_ids) as m (asset_id)
    )
    select format('asset %s is watched and was not checked by %s', a.asset_id, u.indicator_key) as problem
    from newest cross join asset a cross join unscoped u
    where a.watched and a.applied_at < newest.started_at
      -- What is watched today need not be so on the day of the newest run, which may be another one.
      and coalesce(a.watch_recheck_on > newest.business_date, true)
      and not exists (select from member where member.asset_id = a.asset_id and member.indicator_id = u.indicator_id)
    limit 20
  `;
  const [planned] = await sql`select coalesce(sum(cardinality(asset_ids)), 0)::int as count from run_chunk`;
  return finding(
    planned?.count ?? 0,
    [...problems, ...forgotten].map(({ problem }) => problem),
  );
}
