import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { metrics } from "@dozor/runtime/metrics";

/** How much of what a source said can be trusted: 1 - doubtfulCount / entityCount. One entity may count under several rules. */
export type SourceScore = {
  source: string;
  entityCount: number;
  doubtfulCount: number;
  shares: { rule: string; entityCount: number }[];
};

const scoreOf = metrics.gauge({
  name: "data_quality_score",
  help: "Share of a source's entities without an open finding and without an open refused record, from 0 to 1",
  labels: ["source"],
});

export function scoreShare({ entityCount, doubtfulCount }: Pick<SourceScore, "entityCount" | "doubtfulCount">): number {
  return entityCount === 0 ? 1 : 1 - doubtfulCount / entityCount;
}

/** Keeps the scores measured now in place of those before; sources that are not among them have gone. */
export async function saveScores(tx: Tx, scores: readonly SourceScore[]): Promise<void> {
  const names = scores.map(({ source }) => source);
  await statement("source_score.forget", tx`delete from source_score where not source = any(${names}::text[])`);
  await statement(
    "source_score.save",
    tx`
      insert into source_score (source, entity_count, doubtful_count, shares)
      select source, entity_count::bigint, doubtful_count::bigint, shares::jsonb
      from unnest(
        ${names}::text[], ${scores.map(({ entityCount }) => String(entityCount))}::text[],
        ${scores.map(({ doubtfulCount }) => String(doubtfulCount))}::text[], ${scores.map(({ shares }) => JSON.stringify(shares))}::text[]
      ) as given (source, entity_count, doubtful_count, shares)
      order by source
      on conflict (source) do update set
        entity_count = excluded.entity_count, doubtful_count = excluded.doubtful_count, shares = excluded.shares, measured_at = now()`,
  );
  for (const score of scores) scoreOf.set({ source: score.source }, scoreShare(score));
}

/** Of one source, or of all when it is empty, by name. */
export async function readScores(sql: Queryable, source: string): Promise<(SourceScore & { measuredAt: Date })[]> {
  return await statement(
    "source_score.read",
    sql<(SourceScore & { measuredAt: Date })[]>`
      select source, entity_count as "entityCount", doubtful_count as "doubtfulCount", shares, measured_at as "measuredAt"
      from source_score ${source === "" ? sql`` : sql`where source = ${source}`} order by source limit 1000`,
  );
}

/**
 * Measures every source. `entities` gives rows of source text and entity_count bigint; `doubts` gives rows of source text, entity_id text and rule text for what is
 * doubtful beside the open findings, such as refused records.
 */
export async function measureScores(
  sql: Queryable,
  entities: StatementPart,
  doubts: StatementPart = noDoubts(sql),
): Promise<SourceScore[]> {
  return await statement(
    "source_score.measure",
    sql<SourceScore[]>`
      with entity as materialized (${entities}),
      doubt as materialized (
        select source, entity_id, rule from finding where state = 1
        union
        select source, entity_id, rule from (${doubts}) beside
      ),
      share as (select source, rule, count(*) as entity_count from doubt group by source, rule),
      shares as (
        select source, jsonb_agg(jsonb_build_object('rule', rule, 'entityCount', entity_count) order by entity_count desc, rule) as shares
        from share group by source
      ),
      doubtful as (select source, count(distinct entity_id) as count from doubt group by source)
      select entity.source, greatest(entity.entity_count, coalesce(doubtful.count, 0)) as "entityCount", coalesce(doubtful.count, 0) as "doubtfulCount",
        coalesce(shares.shares, '[]') as shares
      from entity left join doubtful using (source) left join shares using (source)
      order by source limit 1000`,
  );
}

const noDoubts = (sql: Queryable) => sql`select '' as source, '' as entity_id, '' as rule where false`;
type StatementPart = ReturnType<typeof noDoubts>;
