import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

/** Everything before it lies in one partition; later months have one each. Agrees with the first migration and never moves. */
const monthlySinceMs = Date.UTC(2025, 0, 1);

/** "2026-11" for an instant that needs a partition of its month, undefined for one that needs none. */
export function monthOf(at: Date): string | undefined {
  return at.getTime() < monthlySinceMs ? undefined : at.toISOString().slice(0, 7);
}

/** Makes the partitions of the months. Call in a transaction of its own: it locks the tables for a moment. */
export async function addPartitions(tx: Tx, months: readonly string[]): Promise<void> {
  await statement("partition.lock", tx`select pg_advisory_xact_lock(hashtextextended('tracking partitions', 0))`);
  for (const month of months) {
    if (!/^\d{4}-\d{2}$/.test(month)) throw new Error(`make the partition of ${month}: it is not a month`);
    const from = `${month}-01 00:00:00+00`;
    const to = new Date(`${month}-01T00:00:00Z`);
    to.setUTCMonth(to.getUTCMonth() + 1);
    for (const table of ["contact", "fix"]) {
      const name = `${table}_${month.replace("-", "_")}`;
      await statement(
        "partition.add",
        // Identifiers and bounds cannot be parameters; both were made here from a checked month.
        tx.unsafe(
          `create table if not exists ${name} partition of ${table} for values from ('${from}') to ('${to.toISOString()}')`,
        ),
      );
    }
  }
}

/** Months that have partitions. */
export async function partitionedMonths(db: Queryable): Promise<Set<string>> {
  const rows = await statement(
    "partition.list",
    db<{ name: string }[]>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'fix'::regclass
    `,
  );
  return new Set(rows.map((row) => row.name.slice("fix_".length).replace("_", "-")));
}
