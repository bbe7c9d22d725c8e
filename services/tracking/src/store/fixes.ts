import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { FixFlaw, FixSource } from "../domain/fix.ts";

export type FixRow = {
  deviceNo: number;
  placedAt: Date;
  content: number;
  at: Date;
  contactAt: Date;
  receivedAt: Date;
  lat: number;
  lon: number;
  source: FixSource;
  accuracyM: number | null;
  satellites: number | null;
  flaw: FixFlaw;
  isZoneUsable: boolean;
  region: string;
};

/** Stores new fixes. One that a device told again keeps the earliest contact that told it. */
export async function insertFixes(tx: Tx, rows: readonly FixRow[]): Promise<void> {
  if (rows.length === 0) return;
  const wire = rows.map((row) => ({
    ...row,
    placedAt: row.placedAt.getTime(),
    at: row.at.getTime(),
    contactAt: row.contactAt.getTime(),
    receivedAt: row.receivedAt.getTime(),
  }));
  await statement(
    "fix.insert",
    tx`
      insert into fix as f (device_no, placed_at, content, at, contact_at, received_at, lat, lon, source, accuracy_m,
        satellites, flaw, is_zone_usable, region)
      select "deviceNo", to_timestamp("placedAt" / 1000), content, to_timestamp(at / 1000),
        to_timestamp("contactAt" / 1000), to_timestamp("receivedAt" / 1000), lat, lon, source, "accuracyM", satellites,
        flaw, "isZoneUsable", region
      from json_to_recordset(${JSON.stringify(wire)}::text::json) as n (
        "deviceNo" bigint, "placedAt" double precision, content bigint, at double precision,
        "contactAt" double precision, "receivedAt" double precision, lat double precision, lon double precision, source smallint,
        "accuracyM" double precision, satellites integer, flaw smallint, "isZoneUsable" boolean, region text
      )
      on conflict (device_no, placed_at, content) do update
      set contact_at = excluded.contact_at, received_at = excluded.received_at
      where excluded.contact_at < f.contact_at
    `,
  );
}

/** What judging a fix needs of it. Those that speed concerns are filed at their own time. */
export type JudgedFix = Pick<
  FixRow,
  "deviceNo" | "placedAt" | "content" | "at" | "lat" | "lon" | "source" | "accuracyM" | "satellites" | "flaw"
>;

/**
 * The fixes whose speed has to be judged when a device's fixes from `since` on change: all that are plausible or only too fast from then on,
 * and before it the newest plausible one and the newest of both kinds. In the order of time.
 */
export async function speedNeighbours(
  tx: Tx,
  since: readonly { deviceNo: number; fromAt: Date }[],
): Promise<JudgedFix[]> {
  // Instants travel as numbers: writing and reading them as text was a fifth of the time of a poll.
  const rows = await statement(
    "fix.speed_neighbours",
    tx<(Omit<JudgedFix, "placedAt" | "at"> & { atMs: number })[]>`
      select distinct on (f.device_no, f.placed_at, f.content) f.device_no as "deviceNo",
        (extract(epoch from f.placed_at) * 1000)::float8 as "atMs", f.content, f.lat, f.lon, f.source,
        f.accuracy_m as "accuracyM", f.satellites, f.flaw
      from json_to_recordset(${JSON.stringify(since.map((each) => ({ deviceNo: each.deviceNo, fromAt: each.fromAt.getTime() })))}::text::json) as n ("deviceNo" bigint, "fromAt" double precision)
      cross join lateral (select to_timestamp(n."fromAt" / 1000) as from_at) t
      cross join lateral (
        (select * from fix where device_no = n."deviceNo" and placed_at >= t.from_at and flaw in (0, 7))
        union all
        (select * from fix where device_no = n."deviceNo" and placed_at < t.from_at and flaw = 0
         order by placed_at desc, content desc limit 1)
        union all
        (select * from fix where device_no = n."deviceNo" and placed_at < t.from_at and flaw in (0, 7)
         order by placed_at desc, content desc limit 1)
      ) f
      order by f.device_no, f.placed_at, f.content
    `,
  );
  return rows.map(({ atMs, ...row }) => {
    const at = new Date(atMs);
    return { ...row, placedAt: at, at };
  });
}

/** Which of the keys are stored already, as "<deviceNo> <content>"; used for fixes that speed does not concern. */
export async function storedFixKeys(
  tx: Tx,
  keys: readonly { deviceNo: number; placedAt: Date; content: number }[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await statement(
    "fix.stored",
    tx<{ key: string }[]>`
      select f.device_no || ' ' || f.content as key
      from json_to_recordset(${JSON.stringify(keys)}::text::json) as n (
        "deviceNo" bigint, "placedAt" timestamptz, content bigint
      )
      join fix f on f.device_no = n."deviceNo" and f.placed_at = n."placedAt" and f.content = n.content
    `,
  );
  return new Set(rows.map((row) => row.key));
}

export async function updateFlaws(
  tx: Tx,
  rows: readonly Pick<FixRow, "deviceNo" | "placedAt" | "content" | "flaw" | "isZoneUsable">[],
): Promise<void> {
  if (rows.length === 0) return;
  await statement(
    "fix.update_flaws",
    tx`
      update fix f set flaw = n.flaw, is_zone_usable = n."isZoneUsable"
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as n (
        "deviceNo" bigint, "placedAt" timestamptz, content bigint, flaw smallint, "isZoneUsable" boolean
      )
      where f.device_no = n."deviceNo" and f.placed_at = n."placedAt" and f.content = n.content
    `,
  );
}

/** What contacts up to an instant told of the devices and is not flawed by itself, in the order of time. */
export async function fixesToldUntil(db: Queryable, deviceNos: readonly number[], until: Date): Promise<FixRow[]> {
  return await statement(
    "fix.told_until",
    db<FixRow[]>`
      select device_no as "deviceNo", placed_at as "placedAt", content, at, contact_at as "contactAt",
        received_at as "receivedAt", lat, lon, source, accuracy_m as "accuracyM", satellites, flaw,
        is_zone_usable as "isZoneUsable", region
      from fix
      where device_no = any(${deviceNos}::bigint[]) and contact_at <= ${until} and flaw in (0, 7)
      order by device_no, placed_at, content
    `,
  );
}
