import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { MovedDevice } from "./matching.ts";

/** Marks the zone visits of assets as out of date from an instant on. */
export async function queueVisits(tx: Tx, moved: readonly MovedDevice[]): Promise<void> {
  if (moved.length === 0) return;
  await statement(
    "visit_queue.add",
    tx`
      insert into visit_queue as q (asset_id, from_at)
      select "assetId", min("fromAt")
      from json_to_recordset(${JSON.stringify(moved)}::text::json) as n ("assetId" uuid, "fromAt" timestamptz)
      group by "assetId" order by "assetId"
      on conflict (asset_id) do update set from_at = excluded.from_at where excluded.from_at < q.from_at
    `,
  );
}

/** The whole history of every asset that was ever in one of the zones, or has a fix in the box of its new shape. */
export async function queueVisitsOfZones(tx: Tx, zoneIds: readonly string[]): Promise<void> {
  await statement(
    "visit_queue.add_zones",
    tx`
      insert into visit_queue as q (asset_id, from_at)
      select asset_id, 'epoch' from (
        select asset_id from zone_visit where zone_id = any(${zoneIds}::uuid[])
        union
        select s.asset_id
        from zone z
        join fix f on f.lat between z.south and z.north and f.lon between z.west and z.east and f.is_zone_usable
        join sitting s on s.device_no = f.device_no and f.placed_at >= s.from_at and f.placed_at < s.to_at
        where z.zone_id = any(${zoneIds}::uuid[]) and z.archived_at is null and s.asset_id is not null
      ) touched
      order by asset_id
      on conflict (asset_id) do update set from_at = excluded.from_at where excluded.from_at < q.from_at
    `,
  );
}

export async function queuedAssets(db: Queryable, limit: number): Promise<string[]> {
  const rows = await statement(
    "visit_queue.next",
    db<{ asset_id: string }[]>`select asset_id from visit_queue order by asset_id limit ${limit}`,
  );
  return rows.map((row) => row.asset_id);
}

/** Takes the assets off the queue. */
export async function takeQueued(tx: Tx, assetIds: readonly string[]): Promise<MovedDevice[]> {
  return await statement(
    "visit_queue.take",
    tx<MovedDevice[]>`
      delete from visit_queue where asset_id = any(${assetIds}::uuid[])
      returning asset_id as "assetId", from_at as "fromAt"
    `,
  );
}

/** Which of the assets have visits that are out of date. */
export async function queuedAmong(db: Queryable, assetIds: readonly string[]): Promise<Set<string>> {
  const rows = await statement(
    "visit_queue.among",
    db<{ asset_id: string }[]>`select asset_id from visit_queue where asset_id = any(${assetIds}::uuid[])`,
  );
  return new Set(rows.map((row) => row.asset_id));
}
