import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { ZoneFix, ZoneVisit } from "../domain/zone-visits.ts";
import type { MovedDevice } from "./matching.ts";

/** One change of visits at a time: two that replay the same asset would each miss the other's fixes. */
export async function lockVisits(tx: Tx): Promise<void> {
  await statement("zone_visit.lock", tx`select pg_advisory_xact_lock(hashtextextended('tracking visits', 0))`);
}

export type AssetFix = Omit<ZoneFix, "accuracyM"> & { assetId: string; accuracyM: number | null; isBefore: boolean };

/** The zone fixes of each asset from its instant on, in the order of time, and the one before them. */
export async function zoneFixes(db: Queryable, since: readonly MovedDevice[]): Promise<AssetFix[]> {
  // Assets are named by their place in the question and instants travel as milliseconds: ids and times as text cost more than the rest.
  const given = since.map(({ fromAt }, place) => ({ place, assetId: since[place]?.assetId, fromAt: fromAt.getTime() }));
  const rows = await statement(
    "zone_visit.fixes",
    db<{ place: number; atMs: number; lat: number; lon: number; accuracyM: number | null; isBefore: boolean }[]>`
      with given as (
        select n.place, n."assetId", to_timestamp(n."fromAt" / 1000) as from_at
        from json_to_recordset(${JSON.stringify(given)}::text::json) as n (
          place integer, "assetId" uuid, "fromAt" double precision
        )
      )
      select place, (extract(epoch from at) * 1000)::float8 as "atMs", lat, lon, "accuracyM", "isBefore" from (
        select g.place, f.at, f.lat, f.lon, f.accuracy_m as "accuracyM", false as "isBefore", f.device_no, f.content
        from given g
        join sitting s on s.asset_id = g."assetId"
        join fix f on f.device_no = s.device_no and f.placed_at >= greatest(s.from_at, g.from_at)
          and f.placed_at < s.to_at and f.is_zone_usable
        union all
        select g.place, b.at, b.lat, b.lon, b.accuracy_m, true, b.device_no, b.content
        from given g
        cross join lateral (
          select f.* from sitting s
          cross join lateral (
            select * from fix
            where device_no = s.device_no and placed_at >= s.from_at and placed_at < least(s.to_at, g.from_at)
              and is_zone_usable
            order by placed_at desc, content desc limit 1
          ) f
          where s.asset_id = g."assetId" and s.from_at < g.from_at
          order by f.placed_at desc, f.device_no desc, f.content desc limit 1
        ) b
      ) fixes
      order by place, at, device_no, content
    `,
  );
  return rows.map(({ place, atMs, ...row }) => ({ ...row, at: new Date(atMs), assetId: since[place]?.assetId ?? "" }));
}

export type AssetVisit = Omit<ZoneVisit, "leftAt"> & { assetId: string; leftAt: Date | null };

/** Visits in zones in force that were going on at, or began after, the instant of each asset. */
export async function visitsSince(db: Queryable, since: readonly MovedDevice[]): Promise<AssetVisit[]> {
  return await statement(
    "zone_visit.since",
    db<AssetVisit[]>`
      select v.asset_id as "assetId", v.zone_id as "zoneId", v.zone_version as "zoneVersion",
        v.entered_at as "enteredAt", v.left_at as "leftAt"
      from json_to_recordset(${JSON.stringify(since)}::text::json) as n ("assetId" uuid, "fromAt" timestamptz)
      join zone_visit v on v.asset_id = n."assetId" and (v.left_at is null or v.left_at >= n."fromAt")
      join zone z on z.zone_id = v.zone_id and z.archived_at is null
      order by v.asset_id, v.entered_at, v.zone_id
    `,
  );
}

export async function deleteVisits(tx: Tx, visits: readonly AssetVisit[]): Promise<void> {
  if (visits.length === 0) return;
  await statement(
    "zone_visit.delete",
    tx`
      delete from zone_visit v
      using json_to_recordset(${JSON.stringify(visits)}::text::json) as n (
        "assetId" uuid, "zoneId" uuid, "enteredAt" timestamptz
      )
      where v.asset_id = n."assetId" and v.zone_id = n."zoneId" and v.entered_at = n."enteredAt"
    `,
  );
}

export async function upsertVisits(tx: Tx, visits: readonly AssetVisit[]): Promise<void> {
  if (visits.length === 0) return;
  await statement(
    "zone_visit.upsert",
    tx`
      insert into zone_visit (asset_id, zone_id, entered_at, zone_version, left_at)
      select "assetId", "zoneId", "enteredAt", "zoneVersion", "leftAt"
      from json_to_recordset(${JSON.stringify(visits)}::text::json) as n (
        "assetId" uuid, "zoneId" uuid, "enteredAt" timestamptz, "zoneVersion" bigint, "leftAt" timestamptz
      )
      on conflict (asset_id, zone_id, entered_at) do update
      set zone_version = excluded.zone_version, left_at = excluded.left_at
    `,
  );
}

export type OpenVisit = { assetId: string; zoneId: string; zoneVersion: number; enteredAt: Date };

/** The zones in force that the assets are in; `zoneIds` undefined means any. */
export async function openVisits(
  db: Queryable,
  assetIds: readonly string[],
  zoneIds: readonly string[] | undefined,
): Promise<OpenVisit[]> {
  return await statement(
    "zone_visit.open",
    db<OpenVisit[]>`
      select v.asset_id as "assetId", v.zone_id as "zoneId", z.version as "zoneVersion", v.entered_at as "enteredAt"
      from zone_visit v join zone z on z.zone_id = v.zone_id and z.archived_at is null
      where v.left_at is null and v.asset_id = any(${assetIds}::uuid[])
        and ${zoneIds === undefined ? db`true` : db`v.zone_id = any(${zoneIds}::uuid[])`}
      order by v.asset_id, v.entered_at, v.zone_id
    `,
  );
}
