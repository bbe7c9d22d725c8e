import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { jsonRows } from "./json-rows.ts";

export type StoredVerdict = {
  assetId: string;
  indicatorId: string;
  result: "violated" | "unknown";
  unknownReason: string;
  /** dozor.monitoring.v1.Evidence of a violated verdict. */
  evidence: Uint8Array | undefined;
};

export async function insertVerdicts(tx: Tx, runId: string, verdicts: readonly StoredVerdict[]): Promise<void> {
  const rows = verdicts.map((verdict) => ({
    asset_id: verdict.assetId,
    indicator_id: verdict.indicatorId,
    result: verdict.result,
    unknown_reason: verdict.unknownReason,
    evidence: verdict.evidence === undefined ? undefined : Buffer.from(verdict.evidence).toString("hex"),
  }));
  for (let start = 0; start < rows.length; start += 1000) {
    await statement(
      "verdict.insert",
      tx`
      insert into verdict (run_id, asset_id, indicator_id, result, unknown_reason, evidence)
      select ${runId}::uuid, asset_id, indicator_id, result, unknown_reason, decode(evidence, 'hex')
      from jsonb_to_recordset(${jsonRows(tx, rows.slice(start, start + 1000))}) as row (
        asset_id uuid, indicator_id uuid, result text, unknown_reason text, evidence text
      )`,
    );
  }
}

/** Stored verdicts of a range of assets, both ends included; at most 500 assets times the indicators of the run. */
export async function listStoredVerdicts(
  sql: Queryable,
  runId: string,
  range: { from: string; to: string },
  { withEvidence }: { withEvidence: boolean },
): Promise<StoredVerdict[]> {
  const rows = await sql<(Omit<StoredVerdict, "evidence"> & { evidence: Uint8Array | null })[]>`
    select asset_id as "assetId", indicator_id as "indicatorId", result, unknown_reason as "unknownReason",
      ${withEvidence ? sql`evidence` : sql`null::bytea as evidence`}
    from verdict where run_id = ${runId} and asset_id between ${range.from} and ${range.to}
    order by asset_id, indicator_id limit 500000`;
  return rows.map((row) => ({ ...row, evidence: row.evidence ?? undefined }));
}
