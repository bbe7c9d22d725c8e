import type { EntityKind } from "@dozor/proto/registry/v1/entities";
import type { FindingState } from "@dozor/proto/registry/v1/source";
import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { JsonObject } from "../domain/json.ts";

export type CurrentFinding = { entityId: string; evidence: JsonObject };

/**
 * Makes the findings of one rule over the entities in `scope` (all of them when it is undefined) equal to what is true now: new
 * ones are opened, those whose evidence changed are opened again even when a person had settled them, the others are gone.
 */
export async function syncFindings(
  tx: Tx,
  rule: string,
  entityKind: EntityKind,
  scope: readonly string[] | undefined,
  current: readonly CurrentFinding[],
): Promise<void> {
  const ids = current.map(({ entityId }) => entityId);
  await statement(
    "finding.go",
    tx`
      update finding set state = 3, version = version + 1, updated_at = now()
      where rule = ${rule} and state in (1, 2)
        ${scope === undefined ? tx`` : tx`and entity_id = any(${scope}::uuid[])`}
        and not entity_id = any(${ids}::uuid[])`,
  );
  for (let from = 0; from < current.length; from += findingsPerStatement) {
    const part = current.slice(from, from + findingsPerStatement);
    await statement(
      "finding.open",
      tx`
        insert into finding as known (rule, entity_kind, entity_id, evidence)
        select ${rule}, ${entityKind}, entity_id, evidence::jsonb
        from unnest(
          ${part.map(({ entityId }) => entityId)}::uuid[],
          ${part.map(({ evidence }) => JSON.stringify(evidence))}::text[]
        ) as given (entity_id, evidence)
        order by entity_id
        on conflict (rule, entity_id) where state in (1, 2) do update set
          evidence = excluded.evidence, state = 1, settled_by = '', settlement = '',
          version = known.version + 1, updated_at = now()
        where known.evidence <> excluded.evidence`,
    );
  }
}
const findingsPerStatement = 1_000;

export type FindingRow = {
  id: string;
  rule: string;
  entityKind: EntityKind;
  entityId: string;
  evidence: JsonObject;
  state: FindingState;
  foundAt: Date;
  version: number;
  settledBy: string;
  settlement: string;
};

/** Newest first, before the given place. */
export async function listFindings(
  sql: Queryable,
  { rule, state, entityId }: { rule: string; state: FindingState; entityId: string },
  page: { before: { foundAt: string; id: string } | undefined; size: number },
): Promise<(FindingRow & { place: string })[]> {
  const { before } = page;
  return await statement(
    "finding.list",
    sql<(FindingRow & { place: string })[]>`
      select ${columns(sql)}, found_at::text as place from finding
      where true
        ${before === undefined ? sql`` : sql`and (found_at, id) < (${before.foundAt}::timestamptz, ${before.id}::uuid)`}
        ${rule === "" ? sql`` : sql`and rule = ${rule}`}
        ${state === 0 ? sql`` : sql`and state = ${state}`}
        ${entityId === "" ? sql`` : sql`and entity_id = ${entityId}`}
      order by found_at desc, id desc limit ${page.size}`,
  );
}

export async function countOpenFindings(sql: Queryable): Promise<Record<string, number>> {
  const rows = await statement(
    "finding.count_open",
    sql<{ rule: string; count: number }[]>`
      select rule, count(*) as count from finding where state = 1 group by rule order by rule`,
  );
  return Object.fromEntries(rows.map(({ rule, count }) => [rule, count]));
}

export async function getFinding(sql: Queryable, id: string): Promise<FindingRow | undefined> {
  const rows = await statement("finding.get", sql<FindingRow[]>`select ${columns(sql)} from finding where id = ${id}`);
  return rows[0];
}

/** Settles the finding if it still has this version; undefined otherwise. */
export async function settleFinding(
  tx: Tx,
  { id, version, settledBy, settlement }: { id: string; version: number; settledBy: string; settlement: string },
): Promise<FindingRow | undefined> {
  const rows = await statement(
    "finding.settle",
    tx<FindingRow[]>`
      update finding set
        state = 2, settled_by = ${settledBy}, settlement = ${settlement}, version = version + 1, updated_at = now()
      where id = ${id} and version = ${version} and state in (1, 2)
      returning ${columns(tx)}`,
  );
  return rows[0];
}

const columns = (sql: Queryable) => sql`
  id, rule, entity_kind as "entityKind", entity_id as "entityId", evidence, state, found_at as "foundAt", version,
  settled_by as "settledBy", settlement`;
