import { serviceNames } from "../ports.ts";
import { type Finding, finding, type OracleContext } from "./oracle.ts";

/** I11: no commit of a job carries an older epoch than the one before it, nor one that the job never had. */
export async function everyCommitCarriesItsEpoch({ databases }: OracleContext): Promise<Finding> {
  const problems: string[] = [];
  let checked = 0;
  for (const service of serviceNames) {
    const sql = databases[service];
    const stale = await sql<{ problem: string }[]>`
      select format('%s: commit %s of %s carries epoch %s after %s', ${service}::text, id, job, epoch, highest) as problem
      from (
        select id, job, epoch, max(epoch) over (partition by job order by id rows between unbounded preceding and 1 preceding) as highest
        from runtime.job_commit
      ) commits
      where epoch < highest
      union all
      select format('%s: commit %s carries epoch %s, and %s never had more than %s', ${service}::text, c.id, c.epoch, c.job, j.epoch)
      from runtime.job_commit c join runtime.job j on j.name = c.job where c.epoch > j.epoch
    `;
    const [commits] = await sql`select count(*)::int as count from runtime.job_commit`;
    checked += commits?.count ?? 0;
    problems.push(...stale.map(({ problem }) => problem));
  }
  return finding(checked, problems);
}
