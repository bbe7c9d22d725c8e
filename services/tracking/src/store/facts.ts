import { type Queryable, statement } from "@dozor/runtime/database";
import { matchings } from "../domain/sittings.ts";
import type { NewestRow } from "./sitting-state.ts";

/** A sitting with the newest of it as it is now, and how it stands to the instant asked about. */
export type SittingFactRow = NewestRow & {
  assetId: string;
  deviceNo: number;
  deviceId: string;
  provider: string;
  series: string;
  installedAt: Date;
  fromAt: Date;
  /** null while it is open. */
  toAt: Date | null;
  /** It has begun by that instant. */
  isBegun: boolean;
  /** It has begun and not ended by that instant. */
  isPresent: boolean;
  /** It began, or something of it was told, after that instant, so that what is stored may not be what was true then. */
  isLate: boolean;
};

export async function sittingsOfAssets(
  db: Queryable,
  assetIds: readonly string[],
  asOf: Date,
): Promise<SittingFactRow[]> {
  return await statement(
    "facts.sittings",
    db<SittingFactRow[]>`
      select s.asset_id as "assetId", s.device_no as "deviceNo", d.provider || ':' || d.external_id as "deviceId",
        d.provider, d.series, s.installed_at as "installedAt", s.from_at as "fromAt",
        nullif(s.to_at, 'infinity') as "toAt", s.from_at <= ${asOf} as "isBegun",
        s.from_at <= ${asOf} and s.to_at > ${asOf} as "isPresent",
        s.heard_until > ${asOf} or s.from_at > ${asOf} as "isLate", s.sitting_no, s.last_contact_at,
        s.fix_at, s.fix_received_at, s.fix_content, s.fix_lat, s.fix_lon, s.fix_source, s.fix_accuracy_m,
        s.fix_satellites, s.fix_region,
        s.zone_fix_at, s.zone_fix_received_at, s.zone_fix_content, s.zone_fix_lat, s.zone_fix_lon, s.zone_fix_source,
        s.zone_fix_accuracy_m, s.zone_fix_satellites, s.zone_fix_region
      from sitting s join device d using (device_no)
      where s.asset_id = any(${assetIds}::uuid[])
      order by s.asset_id, s.sitting_no
    `,
  );
}

/** The last contact of each sitting up to an instant, by the number of the sitting. */
export async function lastContactsUntil(
  db: Queryable,
  sittingNos: readonly number[],
  until: Date,
): Promise<Map<number, Date>> {
  const rows = await statement(
    "facts.last_contacts",
    db<{ sitting_no: number; at: Date }[]>`
      select s.sitting_no, c.at
      from sitting s
      cross join lateral (
        select at from contact
        where device_no = s.device_no and at >= s.from_at and at < s.to_at and at <= ${until}
        order by at desc limit 1
      ) c
      where s.sitting_no = any(${sittingNos}::bigint[])
    `,
  );
  return new Map(rows.map((row) => [row.sitting_no, row.at]));
}

export async function knownAssets(db: Queryable, assetIds: readonly string[]): Promise<Set<string>> {
  const rows = await statement(
    "facts.known_assets",
    db<{ asset_id: string }[]>`select asset_id from asset where asset_id = any(${assetIds}::uuid[])`,
  );
  return new Set(rows.map((row) => row.asset_id));
}

/** Which of the assets share an identifier with others while a device that sits somewhere at the instant names it. */
export async function ambiguousAssets(db: Queryable, assetIds: readonly string[], asOf: Date): Promise<Set<string>> {
  if (assetIds.length === 0) return new Set();
  const rows = await statement(
    "facts.ambiguous_assets",
    db<{ asset_id: string }[]>`
      select a.asset_id from asset a
      where a.asset_id = any(${assetIds}::uuid[]) and a.is_matchable and (
        a.vin_norm <> '' and exists (
          select from sitting s
          where s.vin_norm = a.vin_norm and s.vin_norm <> '' and s.matching = ${matchings.ambiguous}
            and s.from_at <= ${asOf} and s.to_at > ${asOf}
        ) or a.plate_norm <> '' and exists (
          select from sitting s
          where s.plate_norm = a.plate_norm and s.plate_norm <> '' and s.matching = ${matchings.ambiguous}
            and s.from_at <= ${asOf} and s.to_at > ${asOf}
            and not exists (
              select from asset o where o.is_matchable and o.vin_norm <> '' and o.vin_norm = s.vin_norm
            )
        )
      )
    `,
  );
  return new Set(rows.map((row) => row.asset_id));
}

export type MileageQuestion = { assetId: string; deviceNo: number; fromAt: Date; toAt: Date };
export type MileageRow = {
  assetId: string;
  firstAt: Date;
  lastAt: Date;
  distanceKm: number;
  readingCount: number;
};

/** Distance by the odometer of one device; a counter that falls adds nothing. */
export async function mileages(db: Queryable, questions: readonly MileageQuestion[]): Promise<MileageRow[]> {
  if (questions.length === 0) return [];
  return await statement(
    "facts.mileages",
    db<MileageRow[]>`
      select q."assetId", m."firstAt", m."lastAt", m."distanceKm", m."readingCount"
      from json_to_recordset(${JSON.stringify(questions)}::text::json) as q (
        "assetId" uuid, "deviceNo" bigint, "fromAt" timestamptz, "toAt" timestamptz
      )
      cross join lateral (
        select min(at) as "firstAt", max(at) as "lastAt", count(*) as "readingCount",
          coalesce(sum(greatest(odometer_km - previous_km, 0)), 0) as "distanceKm"
        from (
          select at, odometer_km, lag(odometer_km) over (order by at) as previous_km from contact
          where device_no = q."deviceNo" and at >= q."fromAt" and at <= q."toAt" and odometer_km is not null
        ) readings
        having count(*) > 0
      ) m
      order by q."assetId"
    `,
  );
}
