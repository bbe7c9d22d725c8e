import type { ServiceName } from "../ports.ts";
import { type Finding, finding, type OracleSql } from "./oracle.ts";

const attemptsMax = 4;

/**
 * Of I8: an outbound message is tried at most four times in a round, a refusal that will not change is not tried again, and the administrator is told of each
 * failure exactly once by each channel. What was changed beside the rules of the table is seen by the trigger that keeps them being there.
 */
export async function deliveriesFollowTheRules(service: ServiceName, sql: OracleSql): Promise<Finding> {
  const [delivered] = await sql<{ count: number }[]>`
    select count(*)::int as count from integration_message where direction = 2`;
  const [rules] = await sql`
    select count(*)::int as count from pg_trigger where tgname = 'integration_message_transition' and tgenabled <> 'D'`;
  const wrong = await sql<{ id: string; problem: string }[]>`
    select m.record_id::text as id, problem from integration_message m
      join lateral (
        select count(*) filter (where a.status between 300 and 499 and a.status not in (408, 425, 429)) as refusals, count(*) as attempts
        from integration_attempt a where a.record_id = m.record_id
      ) as tried on true
      cross join lateral (values
        (case when m.attempts > ${attemptsMax} then 'was tried ' || m.attempts || ' times' end),
        (case when tried.refusals > m.failures then 'was tried again after it was refused' end),
        (case when m.request_state = 3 and tried.attempts = 0 then 'is delivered and was never sent' end),
        (case when m.request_type like '%.changed' and exists (
            select from (select distinct channel from integration_notice) c
            where m.failures <> (select count(*) from integration_notice n where n.record_id = m.record_id and n.channel = c.channel)
          ) then 'failed ' || m.failures || ' times and was not told as often' end)
      ) as found (problem)
    where m.direction = 2 and (m.request_type like '%.changed' or m.request_type like 'notice.%') and problem is not null
    order by m.counter limit 20`;
  const problems = wrong.map(({ id, problem }) => `message ${id} of ${service} ${problem}`);
  if (rules?.count === 0) problems.push(`the journal of ${service} lost the trigger that keeps its transitions`);
  return finding((delivered?.count ?? 0) + 1, problems);
}

/** Of I5: the messages of an object carry ever higher versions, in the order in which they are delivered. */
export async function journalVersionsRise(sql: OracleSql): Promise<Finding> {
  const [looked] = await sql<{ count: number }[]>`
    select count(*)::int as count from integration_message where request_type like '%.changed'`;
  const fallen = await sql<{ source: string; objectId: string; version: string; before: string }[]>`
    select source, object_id as "objectId", version, before from (
      select source, object_id, object_version as version,
        lag(object_version) over (partition by source, object_id order by counter) as before
      from integration_message where direction = 2 and request_type like '%.changed'
    ) as told
    where version::bigint <= before::bigint limit 20`;
  return finding(
    looked?.count ?? 0,
    fallen.map(
      ({ source, objectId, version, before }) =>
        `${objectId} for ${source}: version ${version} was written after ${before}`,
    ),
  );
}

export type Accepted = { recordId: string; objectId: string; version: string };

/** Of I5: what a receiver accepted of an object, repeats removed, has ever higher versions. */
export function acceptedVersionsRise(accepted: readonly Accepted[]): Finding {
  const newest = new Map<string, bigint>();
  const problems: string[] = [];
  for (const { objectId, version } of accepted) {
    const before = newest.get(objectId);
    if (before !== undefined && BigInt(version) <= before)
      problems.push(`the receiver accepted version ${version} of ${objectId} after ${before}`);
    newest.set(objectId, BigInt(version));
  }
  return finding(accepted.length, problems);
}

/** Everything the simulated receiver accepted, in the order in which it did. */
export async function readAccepted(receiverUrl: string): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const answer = await fetch(`${receiverUrl}/_admin/accepted?after=${after}`, {
      signal: AbortSignal.timeout(60_000),
    });
    if (!answer.ok) throw new Error(`ask the receiver what it accepted: HTTP ${answer.status}`);
    const page: { accepted: Accepted[]; next: number | null } = await answer.json();
    accepted.push(...page.accepted);
    after = page.next;
  }
  return accepted;
}

/** Of I10: everything that was saved and everything that waits in quarantine is told of in the journal. */
export async function journalTellsWhatCame(sql: OracleSql): Promise<Finding> {
  const [assets] = await sql<{ count: number; untold: number }[]>`
    select count(*)::int as count, count(*) filter (where not exists (
      select from integration_message m where m.entity_id = a.id and m.direction = 1 and m.request_state = 3
    ))::int as untold from asset a`;
  const [kept] = await sql<{ count: number; untold: number }[]>`
    select count(*)::int as count, count(*) filter (where not exists (
      select from integration_message m where m.record_id = q.journal_record_id and m.direction = 1 and m.request_state = 4
    ))::int as untold from quarantine q where q.state = 1`;
  const problems: string[] = [];
  if ((assets?.untold ?? 0) > 0)
    problems.push(`${assets?.untold} assets were saved and the journal knows of no message`);
  if ((kept?.untold ?? 0) > 0)
    problems.push(`${kept?.untold} records wait in quarantine and no message of the journal failed`);
  return finding((assets?.count ?? 0) + (kept?.count ?? 0), problems);
}
