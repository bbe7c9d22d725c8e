import type { Queryable, Tx } from "@dozor/runtime/database";
import type { WatchRule } from "../domain/watch-rule.ts";

export type StoredWatchRule = WatchRule & { updatedAt: Date; updatedBy: string };

export async function readWatchRule(sql: Queryable): Promise<StoredWatchRule> {
  const [row] = await sql<StoredWatchRule[]>`
    select version, kinds, contract_statuses as "contractStatuses", updated_at as "updatedAt", updated_by as "updatedBy" from watch_rule`;
  if (row === undefined) throw new Error("read the watch rule: its row is missing");
  return row;
}

/** The rule after the change; undefined when `version` is not the current one. */
export async function replaceWatchRule(
  tx: Tx,
  rule: WatchRule,
  updatedBy: string,
  at: Date,
): Promise<StoredWatchRule | undefined> {
  const changed = await tx`
    update watch_rule set version = version + 1, kinds = ${[...rule.kinds]}, contract_statuses = ${[...rule.contractStatuses]},
      updated_at = ${at}, updated_by = ${updatedBy}
    where version = ${rule.version}`;
  return changed.count === 0 ? undefined : await readWatchRule(tx);
}
