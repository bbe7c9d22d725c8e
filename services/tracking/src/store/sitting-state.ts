import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

// The newest contact, plausible fix and zone fix of a sitting, kept on its row so that a question about now reads no history.

/** Columns that begin with fix_ or zone_fix_ are null together when there is none. */
export type NewestRow = {
  sitting_no: number;
  last_contact_at: Date | null;
  fix_at: Date | null;
  fix_received_at: Date | null;
  fix_content: number | null;
  fix_lat: number | null;
  fix_lon: number | null;
  fix_source: number | null;
  fix_accuracy_m: number | null;
  fix_satellites: number | null;
  fix_region: string | null;
  zone_fix_at: Date | null;
  zone_fix_received_at: Date | null;
  zone_fix_content: number | null;
  zone_fix_lat: number | null;
  zone_fix_lon: number | null;
  zone_fix_source: number | null;
  zone_fix_accuracy_m: number | null;
  zone_fix_satellites: number | null;
  zone_fix_region: string | null;
};

function newest(db: Queryable, sittingNos: readonly number[]) {
  return db`
    select s.sitting_no, s.device_no, c.at as last_contact_at,
      f.at as fix_at, f.received_at as fix_received_at, f.content as fix_content, f.lat as fix_lat, f.lon as fix_lon,
      f.source as fix_source, f.accuracy_m as fix_accuracy_m, f.satellites as fix_satellites, f.region as fix_region,
      z.at as zone_fix_at, z.received_at as zone_fix_received_at, z.content as zone_fix_content, z.lat as zone_fix_lat,
      z.lon as zone_fix_lon, z.source as zone_fix_source, z.accuracy_m as zone_fix_accuracy_m,
      z.satellites as zone_fix_satellites, z.region as zone_fix_region
    from sitting s
    left join lateral (
      select at from contact where device_no = s.device_no and at >= s.from_at and at < s.to_at
      order by at desc limit 1
    ) c on true
    left join lateral (
      select * from fix
      where device_no = s.device_no and placed_at >= s.from_at and placed_at < s.to_at and flaw = 0
      order by placed_at desc, content desc limit 1
    ) f on true
    left join lateral (
      select * from fix
      where device_no = s.device_no and placed_at >= s.from_at and placed_at < s.to_at and is_zone_usable
      order by placed_at desc, content desc limit 1
    ) z on true
    where s.sitting_no = any(${sittingNos}::bigint[])
  `;
}

export type SittingInterval = {
  sittingNo: number;
  deviceNo: number;
  assetId: string | null;
  fromAt: Date;
  toAt: Date | null;
};

/** Sittings of the devices that are touched by something told from an instant on. */
export async function sittingsSince(tx: Tx, since: readonly { deviceNo: number; fromAt: Date }[]): Promise<number[]> {
  const rows = await statement(
    "sitting.since",
    tx<{ sitting_no: number }[]>`
      select s.sitting_no
      from json_to_recordset(${JSON.stringify(since)}::text::json) as n ("deviceNo" bigint, "fromAt" timestamptz)
      join sitting s on s.device_no = n."deviceNo" and s.to_at > n."fromAt"
    `,
  );
  return rows.map((row) => row.sitting_no);
}

/** Brings the rows up to date after new contacts and fixes; `heard` says until when each device was heard by them. */
export async function refreshSittings(
  tx: Tx,
  sittingNos: readonly number[],
  heard: readonly { deviceNo: number; until: Date }[],
): Promise<SittingInterval[]> {
  if (sittingNos.length === 0) return [];
  return await statement(
    "sitting.refresh",
    tx<SittingInterval[]>`
      update sitting s set
        last_contact_at = n.last_contact_at,
        heard_until = greatest(s.heard_until, h.until),
        fix_at = n.fix_at, fix_received_at = n.fix_received_at, fix_content = n.fix_content, fix_lat = n.fix_lat,
        fix_lon = n.fix_lon, fix_source = n.fix_source, fix_accuracy_m = n.fix_accuracy_m,
        fix_satellites = n.fix_satellites, fix_region = n.fix_region,
        zone_fix_at = n.zone_fix_at, zone_fix_received_at = n.zone_fix_received_at,
        zone_fix_content = n.zone_fix_content, zone_fix_lat = n.zone_fix_lat, zone_fix_lon = n.zone_fix_lon,
        zone_fix_source = n.zone_fix_source, zone_fix_accuracy_m = n.zone_fix_accuracy_m,
        zone_fix_satellites = n.zone_fix_satellites, zone_fix_region = n.zone_fix_region
      from (${newest(tx, sittingNos)}) n
      left join json_to_recordset(${JSON.stringify(heard)}::text::json) as h ("deviceNo" bigint, until timestamptz)
        on h."deviceNo" = n.device_no
      where s.sitting_no = n.sitting_no
      returning s.sitting_no as "sittingNo", s.device_no as "deviceNo", s.asset_id as "assetId", s.from_at as "fromAt",
        nullif(s.to_at, 'infinity') as "toAt"
    `,
  );
}

/** Finds out from history until when each sitting was heard, after its interval changed. */
export async function remeasureHearing(tx: Tx, sittingNos: readonly number[]): Promise<void> {
  if (sittingNos.length === 0) return;
  await statement(
    "sitting.remeasure",
    tx`
      update sitting s set heard_until = greatest(
        '-infinity',
        (select max(at) from contact where device_no = s.device_no and at >= s.from_at and at < s.to_at),
        (select max(contact_at) from fix
         where device_no = s.device_no and placed_at >= s.from_at and placed_at < s.to_at and flaw = 0)
      )
      where s.sitting_no = any(${sittingNos}::bigint[])
    `,
  );
}
