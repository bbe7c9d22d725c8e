import { type Finding, finding, type OracleContext } from "./oracle.ts";

/**
 * I2: no asset has two tasks that are not ended, no violation of a business date hangs on two tasks, and every violation of the
 * newest completed run hangs on one.
 */
export async function noDuplicateTask({ databases: { monitoring: sql } }: OracleContext): Promise<Finding> {
  const doubled = await sql<{ problem: string }[]>`
    select format('asset %s has %s tasks that are not ended', asset_id, count(*)) as problem
    from task where state in ('open', 'in_progress', 'snoozed') group by asset_id having count(*) > 1
    union all
    select format('the violation of %s by asset %s on %s hangs on %s tasks', v.indicator_key, t.asset_id, v.business_date, count(*))
    from task_violation v join task t using (task_id)
    group by t.asset_id, v.indicator_key, v.business_date having count(*) > 1
  `;
  const missing = await sql<{ problem: string }[]>`
    with newest as (select run_id, business_date from run where state = 'completed' order by business_date desc limit 1)
    select format('asset %s violates indicator %s and no task says so', d.asset_id, d.indicator_id) as problem
    from verdict d join newest using (run_id)
    where d.result = 'violated' and not exists (
      select from task t join task_violation v using (task_id)
      where t.asset_id = d.asset_id and v.indicator_id = d.indicator_id and v.last_business_date >= newest.business_date
    )
    limit 20
  `;
  const [tasks] = await sql`select count(*)::int as count from task`;
  return finding(
    tasks?.count ?? 0,
    [...doubled, ...missing].map(({ problem }) => problem),
  );
}
