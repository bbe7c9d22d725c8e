import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

export type FindingEntityKind = "asset" | "counterparty" | "device";

/** What is doubtful now. `evidence` is what the finding rests on: it is opened again when that changes, so nothing belongs there that changes by itself. */
export type CurrentFinding = { entityId: string; source: string; evidence: Readonly<Record<string, unknown>> };

/** A part of a statement that gives rows of entity_id text, source text and evidence jsonb, one per entity. */
export type CurrentFindings = ReturnType<typeof currentFindings>;

export type FindingRule = {
  rule: string;
  entityKind: FindingEntityKind;
  /** The entities looked at; undefined: all there are. */
  scope?: readonly string[];
};

/**
 * Makes the findings of one rule over the entities in scope equal to what is true now: new ones are opened, those whose evidence changed are opened again even
 * when a person had settled them, the others are gone. One statement, so that a rule over all entities costs no memory of ours.
 */
export async function syncFindings(
  tx: Tx,
  { rule, entityKind, scope }: FindingRule,
  current: CurrentFindings,
): Promise<{ changedCount: number; goneCount: number }> {
  const [counts] = await statement(
    "finding.sync",
    tx<{ changedCount: number; goneCount: number }[]>`
      with current as materialized (${current}),
      gone as (
        update finding set
          state = 3, gone_at = now(), resolution = 0, reason = '', settled_by = '', settled_at = null
        where rule = ${rule} and entity_kind = ${entityKind} and state in (1, 2)
          ${scope === undefined ? tx`` : tx`and entity_id = any(${[...scope]}::text[])`}
          and not exists (select from current where current.entity_id = finding.entity_id)
        returning 1
      ),
      changed as (
        insert into finding as known (rule, entity_kind, entity_id, source, evidence)
        select ${rule}, ${entityKind}, entity_id, source, evidence from current order by entity_id limit ${findingsMax}
        on conflict (rule, entity_id) where state in (1, 2) do update set
          evidence = excluded.evidence, source = excluded.source, state = 1, resolution = 0, reason = '', settled_by = '', settled_at = null
        where known.evidence <> excluded.evidence or known.source <> excluded.source
        returning 1
      )
      select (select count(*) from changed) as "changedCount", (select count(*) from gone) as "goneCount"`,
  );
  return counts ?? { changedCount: 0, goneCount: 0 };
}
/** Of one rule. More than that is one problem of the source and not so many of its records. */
const findingsMax = 100_000;

/** Findings that a caller has at hand, at most a thousand. */
export function currentFindings(sql: Queryable, findings: readonly CurrentFinding[]) {
  return sql`
    select entity_id, source, evidence::jsonb as evidence
    from unnest(
      ${findings.map(({ entityId }) => entityId)}::text[],
      ${findings.map(({ source }) => source)}::text[],
      ${findings.map(({ evidence }) => JSON.stringify(evidence))}::text[]
    ) as given (entity_id, source, evidence)`;
}
