import { type Queryable, statement } from "@dozor/runtime/database";
import { type Finding, findingColumns } from "./finding.ts";

/** Every field that is set must match; an empty text and 0 match everything. */
export type FindingFilter = {
  rule: string;
  state: number;
  owner: string;
  withoutOwner: boolean;
  source: string;
  entityKind: string;
  entityId: string;
};

/** Newest first, before the given place; `place` is the exact time of a row as text, since a Date drops microseconds. */
export async function listFindings(
  sql: Queryable,
  filter: FindingFilter,
  { before, size }: { before: { foundAt: string; id: string } | undefined; size: number },
): Promise<(Finding & { place: string })[]> {
  return await statement(
    "finding.list",
    sql<(Finding & { place: string })[]>`
      select ${findingColumns(sql)}, found_at::text as place from finding
      where ${matches(sql, filter)}
        ${filter.rule === "" ? sql`` : sql`and rule = ${filter.rule}`}
        ${before === undefined ? sql`` : sql`and (found_at, id) < (${before.foundAt}::text::timestamptz, ${before.id}::uuid)`}
      order by found_at desc, id desc limit ${size}`,
  );
}

/** All that match, whatever their rule, by rule. */
export async function countFindingsByRule(sql: Queryable, filter: FindingFilter): Promise<Record<string, number>> {
  const rows = await statement(
    "finding.count_by_rule",
    sql<{ rule: string; count: number }[]>`
      select rule, count(*) as count from finding where ${matches(sql, filter)} group by rule order by rule`,
  );
  return Object.fromEntries(rows.map(({ rule, count }) => [rule, count]));
}

function matches(sql: Queryable, { state, owner, withoutOwner, source, entityKind, entityId }: FindingFilter) {
  return sql`true
    ${state === 0 ? sql`` : sql`and state = ${state}`}
    ${owner === "" ? sql`` : sql`and owner = ${owner}`}
    ${withoutOwner ? sql`and owner = ''` : sql``}
    ${source === "" ? sql`` : sql`and source = ${source}`}
    ${entityKind === "" ? sql`` : sql`and entity_kind = ${entityKind}`}
    ${entityId === "" ? sql`` : sql`and entity_id = ${entityId}`}`;
}

export async function getFinding(sql: Queryable, id: string): Promise<Finding | undefined> {
  const rows = await statement(
    "finding.get",
    sql<Finding[]>`select ${findingColumns(sql)} from finding where id = ${id}`,
  );
  return rows[0];
}

export type FindingChange = {
  version: number;
  action: number;
  actor: string;
  at: Date;
  state: number;
  owner: string;
  resolution: number;
  reason: string;
  /** Null when it is what it was before. */
  evidence: unknown;
};

/** Oldest first, and the newest of them when there are more than `limit`. */
export async function listFindingChanges(sql: Queryable, id: string, limit: number): Promise<FindingChange[]> {
  return await statement(
    "finding.list_changes",
    sql<FindingChange[]>`
      select * from (
        select version, action, actor, at, state, owner, resolution, reason, evidence
        from finding_change where finding_id = ${id} order by version desc limit ${limit}
      ) newest order by version limit ${limit}`,
  );
}
