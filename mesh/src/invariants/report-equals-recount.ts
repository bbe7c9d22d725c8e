import { type Finding, finding, type OracleContext, type OracleSql, pagedRows } from "./oracle.ts";

type Counts = [assets: number, watched: number, tasks: number, violations: number];
type Subject = {
  kind: string | null;
  region: string;
  lessor: string | null;
  lessee: string | null;
  reason: string;
  watched: boolean;
  task: string | null;
  state: string | null;
  assignee: string | null;
  created: string | null;
  keys: string[];
};

/** I6: every number of the report equals one counted here, one asset after the other, without anything that the report keeps. */
export async function reportEqualsRecount({ databases: { monitoring: sql } }: OracleContext): Promise<Finding> {
  const recounted = await recount(sql);
  const stored = await sql<{ dimension: string; key: string; counts: string[] }[]>`
    select dimension, key, array[asset_count, watched_asset_count, task_count, violation_count]::text[] as counts from report_now
  `;
  const problems: string[] = [];
  for (const { dimension, key, counts } of stored) {
    const name = `${dimension} ${key}`;
    const expected = recounted.get(name)?.join() ?? "nothing";
    if (counts.join() !== expected) problems.push(`${name}: the report says ${counts.join()}, a recount ${expected}`);
    recounted.delete(name);
  }
  for (const [name, counts] of recounted) problems.push(`${name}: the report says nothing, a recount ${counts.join()}`);
  return finding(stored.length + recounted.size, problems);
}

async function recount(sql: OracleSql): Promise<Map<string, Counts>> {
  const subjects = pagedRows(sql<Subject[]>`
    select a.kind, a.agreed_region as region, a.lessor_id::text as lessor, a.lessee_id::text as lessee, a.watch_reason as reason,
      a.watched, t.task_id::text as task, t.state, t.assignee, t.created_on::text as created,
      array(select v.indicator_key from task_violation v where v.task_id = t.task_id and v.standing) as keys
    from asset a left join task t on t.asset_id = a.asset_id and t.state in ('open', 'in_progress', 'snoozed')
  `);
  const counted = new Map<string, Counts>();
  const add = (dimension: string, key: string | null, { watched, task }: Subject, violations: number) => {
    const name = `${dimension} ${key || (dimension === "total" ? "" : "none")}`;
    const counts = counted.get(name) ?? [0, 0, 0, 0];
    counted.set(name, [
      counts[0] + 1,
      counts[1] + Number(watched),
      counts[2] + Number(task !== null),
      counts[3] + violations,
    ]);
  };
  for await (const subject of subjects) {
    const violations = subject.keys.length;
    add("total", "", subject, violations);
    add("lessor", subject.lessor, subject, violations);
    add("lessee", subject.lessee, subject, violations);
    add("region", subject.region, subject, violations);
    add("kind", subject.kind, subject, violations);
    add("watch_reason", subject.reason, subject, violations);
    if (subject.task !== null) {
      add("task_state", subject.state, subject, violations);
      add("assignee", subject.assignee, subject, violations);
      add("task_created_on", subject.created, subject, violations);
    }
    for (const key of subject.keys) add("indicator", key, subject, 1);
  }
  return counted;
}
