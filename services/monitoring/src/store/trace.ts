import { type Queryable, statement } from "@dozor/runtime/database";

export type ProjectedVersion = { assetId: string; version: number; contentHash: Uint8Array; appliedAt: Date };

/** What the projection holds of these assets; those it does not know are left out. */
export async function listProjectedVersions(sql: Queryable, assetIds: readonly string[]): Promise<ProjectedVersion[]> {
  return await statement(
    "asset.list_versions",
    sql<ProjectedVersion[]>`
      select asset_id as "assetId", version, content_hash as "contentHash", applied_at as "appliedAt"
      from asset where asset_id = any(${[...assetIds]}::uuid[])`,
  );
}

export type TracedVerdictRow = {
  assetId: string;
  runId: string;
  businessDate: string;
  indicatorKey: string;
  result: "violated" | "unknown";
  unknownReason: string;
  evidence: Uint8Array | null;
};

/** What the newest runs found of these assets, newest run first. */
export async function listNewestVerdicts(
  sql: Queryable,
  assetIds: readonly string[],
  runsMax: number,
): Promise<TracedVerdictRow[]> {
  return await statement(
    "verdict.list_newest",
    sql<TracedVerdictRow[]>`
      select v.asset_id as "assetId", v.run_id as "runId", newest.business_date as "businessDate",
        i.indicator_key as "indicatorKey", v.result, v.unknown_reason as "unknownReason", v.evidence
      from (select run_id, business_date from run order by business_date desc limit ${runsMax}) newest
      join verdict v on v.run_id = newest.run_id and v.asset_id = any(${[...assetIds]}::uuid[])
      join run_indicator i on i.run_id = v.run_id and i.indicator_id = v.indicator_id
      order by newest.business_date desc, v.asset_id, i.indicator_key`,
  );
}
