import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

/** Assets by how they differed from registry. */
type DifferenceCounts = {
  missing: number;
  behind: number;
  ahead: number;
  contradicting: number;
  surplus: number;
  damaged: number;
};
export type ReconciliationCounts = DifferenceCounts & { repaired: number; onItsWay: number };

export type Reconciliation = ReconciliationCounts & {
  id: string;
  thorough: boolean;
  startedAt: Date;
  /** Null while it runs. */
  endedAt: Date | null;
  rangeCount: number;
  differingRangeCount: number;
  assetCount: number;
  error: string;
};

const keptDays = 400;
const interrupted = "the instance that compared died or was overtaken";

/** Opens a row. One of the same kind that never ended was cut off: its job has one holder at a time. */
export async function beginReconciliation(tx: Tx, thorough: boolean): Promise<string> {
  await statement(
    "reconciliation.interrupt",
    tx`
      update reconciliation set ended_at = now(), error = ${interrupted}
      where ended_at is null and thorough = ${thorough}`,
  );
  await statement(
    "reconciliation.forget",
    tx`delete from reconciliation where started_at < now() - make_interval(days => ${keptDays})`,
  );
  const [row] = await statement(
    "reconciliation.begin",
    tx<{ id: string }[]>`
      insert into reconciliation (thorough) values (${thorough}) returning reconciliation_id as id`,
  );
  if (row === undefined) throw new Error("begin a reconciliation: no row came back");
  return row.id;
}

/** In the transaction of the repair, so that the row always says what was done. */
export async function addReconciliationCounts(tx: Tx, id: string, counts: ReconciliationCounts): Promise<void> {
  await statement(
    "reconciliation.count",
    tx`
      update reconciliation set
        missing_count = missing_count + ${counts.missing}, behind_count = behind_count + ${counts.behind},
        ahead_count = ahead_count + ${counts.ahead}, contradicting_count = contradicting_count + ${counts.contradicting},
        surplus_count = surplus_count + ${counts.surplus}, damaged_count = damaged_count + ${counts.damaged},
        repaired_count = repaired_count + ${counts.repaired}, on_its_way_count = on_its_way_count + ${counts.onItsWay}
      where reconciliation_id = ${id}`,
  );
}

export async function noteCompared(
  tx: Tx,
  id: string,
  {
    rangeCount,
    differingRangeCount,
    assetCount,
  }: Pick<Reconciliation, "rangeCount" | "differingRangeCount" | "assetCount">,
): Promise<void> {
  await statement(
    "reconciliation.note",
    tx`
      update reconciliation set
        range_count = ${rangeCount}, differing_range_count = ${differingRangeCount}, asset_count = ${assetCount}
      where reconciliation_id = ${id}`,
  );
}

export async function endReconciliation(tx: Tx, id: string, error: string): Promise<Reconciliation | undefined> {
  const [row] = await statement(
    "reconciliation.end",
    tx<Reconciliation[]>`
      update reconciliation set ended_at = now(), error = ${error.slice(0, 2_000)}
      where reconciliation_id = ${id} returning ${columns(tx)}`,
  );
  return row;
}

/** Newest first, before the given place; `place` is the exact time as text. */
export async function listReconciliations(
  sql: Queryable,
  { onlyTroubled, before }: { onlyTroubled: boolean; before: { startedAt: string; id: string } | undefined },
  limit: number,
): Promise<(Reconciliation & { place: string })[]> {
  return await statement(
    "reconciliation.list",
    sql<(Reconciliation & { place: string })[]>`
      select ${columns(sql)}, started_at::text as place from reconciliation
      where true
        ${before === undefined ? sql`` : sql`and (started_at, reconciliation_id) < (${before.startedAt}::text::timestamptz, ${before.id}::uuid)`}
        ${
          onlyTroubled
            ? sql`and (error <> '' or
                missing_count + behind_count + ahead_count + contradicting_count + surplus_count + damaged_count > 0)`
            : sql``
        }
      order by started_at desc, reconciliation_id desc limit ${limit}`,
  );
}

export async function newestReconciliation(sql: Queryable, thorough: boolean): Promise<Reconciliation | undefined> {
  const [row] = await statement(
    "reconciliation.newest",
    sql<Reconciliation[]>`
      select ${columns(sql)} from reconciliation where thorough = ${thorough}
      order by started_at desc, reconciliation_id desc limit 1`,
  );
  return row;
}

const columns = (sql: Queryable) => sql`
  reconciliation_id as id, thorough, started_at as "startedAt", ended_at as "endedAt", range_count as "rangeCount",
  differing_range_count as "differingRangeCount", asset_count as "assetCount", missing_count as missing, behind_count as behind, ahead_count as ahead,
  contradicting_count as contradicting, surplus_count as surplus, damaged_count as damaged, repaired_count as repaired,
  on_its_way_count as "onItsWay", error`;
