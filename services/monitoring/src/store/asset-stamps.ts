import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { AssetStamp } from "../domain/projection-difference.ts";

/** Count and hash of each range, as registry's GetDigest defines them. */
export async function digestAssets(sql: Queryable): Promise<Map<number, { assetCount: number; hash: Uint8Array }>> {
  const rows = await statement(
    "asset.digest",
    sql<{ range: number; count: number; hash: Uint8Array }[]>`
    select get_byte(uuid_send(asset_id), 0) as range, count(*) as count,
      sha256(string_agg(convert_to(asset_id::text || ':' || version || ':' || encode(content_hash, 'hex') || e'\n', 'UTF8'), ''::bytea order by asset_id)) as hash
    from asset group by 1`,
  );
  return new Map(rows.map((row) => [row.range, { assetCount: row.count, hash: row.hash }]));
}

/** Every asset of one range of the digest, by id. A million assets are four thousand in a range. */
export async function readStamps(sql: Queryable, range: number): Promise<Map<string, AssetStamp>> {
  const rows = await statement(
    "asset.read_stamps",
    sql<{ assetId: string; version: string; contentHash: string }[]>`
      select asset_id as "assetId", version::text, encode(content_hash, 'hex') as "contentHash" from asset
      where asset_id between ${boundary(range, "0")} and ${boundary(range, "f")}`,
  );
  return new Map(rows.map(({ assetId, version, contentHash }) => [assetId, { version: BigInt(version), contentHash }]));
}

/** Locks the assets in id order and answers those that are still as they were seen. */
export async function lockUnchanged(tx: Tx, seen: ReadonlyMap<string, AssetStamp>): Promise<Set<string>> {
  const rows = await statement(
    "asset.lock_unchanged",
    tx<{ assetId: string; version: string; contentHash: string }[]>`
      select asset_id as "assetId", version::text, encode(content_hash, 'hex') as "contentHash" from asset
      where asset_id = any(${[...seen.keys()]}::uuid[]) order by asset_id for update`,
  );
  const unchanged = rows.filter(({ assetId, version, contentHash }) => {
    const before = seen.get(assetId);
    return before?.contentHash === contentHash && before.version === BigInt(version);
  });
  return new Set(unchanged.map(({ assetId }) => assetId));
}

/** Removes locked assets; one that has tasks is the only thing that tells what they are about, so it is kept and marked as deleted. */
export async function removeAssets(tx: Tx, assetIds: readonly string[]): Promise<{ removedCount: number }> {
  await statement(
    "asset.mark_deleted",
    tx`
      update asset set deleted = true, watch_reason = 'asset_deleted', watch_recheck_on = null
      where asset_id = any(${[...assetIds]}::uuid[]) and not deleted and exists (select from task where task.asset_id = asset.asset_id)`,
  );
  const bare = tx`asset_id = any(${[...assetIds]}::uuid[]) and not exists (select from task where task.asset_id = removed.asset_id)`;
  await statement("report_asset.remove", tx`delete from report_asset as removed where ${bare}`);
  const { count } = await statement("asset.remove", tx`delete from asset as removed where ${bare}`);
  return { removedCount: count };
}

function boundary(firstByte: number, filler: string): string {
  const hex = firstByte.toString(16).padStart(2, "0") + filler.repeat(30);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
