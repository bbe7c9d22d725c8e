import type { Queryable } from "@dozor/runtime/database";
import { type SittingFactRow, sittingsOfAssets } from "../store/facts.ts";
import { type FixColumns, regionFix, zoneFix } from "./messages.ts";

/** A device on an asset, with the newest it had told by an instant. */
export type SittingFacts = Pick<
  SittingFactRow,
  | "assetId"
  | "deviceNo"
  | "deviceId"
  | "provider"
  | "series"
  | "installedAt"
  | "fromAt"
  | "toAt"
  | "isBegun"
  | "isPresent"
  | "isLate"
> & {
  sittingNo: number;
  lastContactAt: Date | undefined;
  /** Newest plausible fix. */
  regionFix: FixColumns | undefined;
  /** Newest fix good enough for zones. */
  zoneFix: FixColumns | undefined;
};

/** All sittings of the assets, each with the newest of it as it is now. */
export async function sittingFacts(db: Queryable, assetIds: readonly string[], asOf: Date): Promise<SittingFacts[]> {
  const rows = await sittingsOfAssets(db, assetIds, asOf);
  return rows.map((row) => ({
    assetId: row.assetId,
    sittingNo: row.sitting_no,
    deviceNo: row.deviceNo,
    deviceId: row.deviceId,
    provider: row.provider,
    series: row.series,
    installedAt: row.installedAt,
    fromAt: row.fromAt,
    toAt: row.toAt,
    isBegun: row.isBegun,
    isPresent: row.isPresent,
    isLate: row.isLate,
    lastContactAt: row.last_contact_at ?? undefined,
    regionFix: regionFix(row, row),
    zoneFix: zoneFix(row, row),
  }));
}
