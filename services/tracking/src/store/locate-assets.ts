import { type Queryable, statement } from "@dozor/runtime/database";

export type Located = {
  assetId: string;
  since: Date | null;
  deviceNo: number;
  deviceId: string;
  at: Date;
  content: number;
  receivedAt: Date;
  lat: number;
  lon: number;
  source: number;
  accuracyM: number | null;
  satellites: number | null;
  flaw: number;
  region: string;
};

/** Assets that are in a zone now, each with the newest fix that is good enough to say so. */
export async function locateInZone(db: Queryable, zoneId: string, afterAssetId: string, limit: number) {
  return await statement(
    "zone_visit.locate",
    db<Located[]>`
      select v.asset_id as "assetId", v.entered_at as since, f.*
      from zone_visit v
      cross join lateral (
        select s.device_no as "deviceNo", d.provider || ':' || d.external_id as "deviceId", s.zone_fix_at as at,
          s.zone_fix_content as content, s.zone_fix_received_at as "receivedAt", s.zone_fix_lat as lat,
          s.zone_fix_lon as lon, s.zone_fix_source as source, s.zone_fix_accuracy_m as "accuracyM",
          s.zone_fix_satellites as satellites, 0 as flaw, s.zone_fix_region as region
        from sitting s join device d using (device_no)
        where s.asset_id = v.asset_id and s.zone_fix_at is not null
        order by s.zone_fix_at desc, s.device_no desc limit 1
      ) f
      where v.zone_id = ${zoneId} and v.left_at is null and v.asset_id > ${afterAssetId}::uuid
      order by v.asset_id
      limit ${limit}
    `,
  );
}

/** Assets whose newest plausible fix lies in one of the federal subjects. */
export async function locateInSubjects(
  db: Queryable,
  subjectCodes: readonly string[],
  afterAssetId: string,
  limit: number,
) {
  return await statement(
    "sitting.locate",
    db<Located[]>`
      select c.asset_id as "assetId", null::timestamptz as since, f.*
      from (
        select distinct asset_id from sitting
        where fix_region = any(${subjectCodes}::text[]) and asset_id is not null and asset_id > ${afterAssetId}::uuid
      ) c
      cross join lateral (
        select s.device_no as "deviceNo", d.provider || ':' || d.external_id as "deviceId", s.fix_at as at,
          s.fix_content as content, s.fix_received_at as "receivedAt", s.fix_lat as lat, s.fix_lon as lon,
          s.fix_source as source, s.fix_accuracy_m as "accuracyM", s.fix_satellites as satellites, 0 as flaw,
          s.fix_region as region
        from sitting s join device d using (device_no)
        where s.asset_id = c.asset_id and s.fix_at is not null
        order by s.fix_at desc, s.device_no desc limit 1
      ) f
      where f.region = any(${subjectCodes}::text[])
      order by c.asset_id
      limit ${limit}
    `,
  );
}
