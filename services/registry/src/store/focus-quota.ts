import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

/** Counts one more call on that business day; false when the quota is used up. */
export async function spendFocusCall(tx: Tx, day: string, quota: number): Promise<boolean> {
  const rows = await statement(
    "focus_quota.spend",
    tx`
      insert into focus_quota as known (day, calls) select ${day}::date, 1 where ${quota} > 0
      on conflict (day) do update set calls = known.calls + 1 where known.calls < ${quota}
      returning calls`,
  );
  return rows.length === 1;
}

export async function isFocusStopped(sql: Queryable, configHash: string): Promise<boolean> {
  const rows = await statement("focus_stop.read", sql`select 1 from focus_stop where config_hash = ${configHash}`);
  return rows.length > 0;
}

/** Returns whether this is news. */
export async function stopFocus(tx: Tx, configHash: string, reason: string): Promise<boolean> {
  const rows = await statement(
    "focus_stop.add",
    tx`
      insert into focus_stop (config_hash, reason) values (${configHash}, ${reason.slice(0, 1_000)})
      on conflict (config_hash) do nothing returning 1`,
  );
  return rows.length > 0;
}
