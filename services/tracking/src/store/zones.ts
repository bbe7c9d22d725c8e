import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { geometryJson } from "../domain/geojson.ts";
import { boxOf } from "../domain/geometry.ts";
import type { ReportedZone } from "../domain/provider-report.ts";

/** The numbers are those of the contract and the tables. */
export const zoneOrigins = { provider: 1, user: 2 } as const;

export type ZoneRow = {
  zoneId: string;
  origin: number;
  provider: string;
  name: string;
  version: number;
  geometry: unknown;
  updatedAt: Date;
  archivedAt: Date | null;
};

export function zoneColumns(db: Queryable) {
  return db`
    z.zone_id as "zoneId", z.origin, z.provider, z.name, z.version, z.geometry, z.updated_at as "updatedAt",
    z.archived_at as "archivedAt"
  `;
}

/** Announces a change of zones and keeps new fixes waiting until it is committed. Answers its epoch. */
export async function beginZoneChange(tx: Tx): Promise<number> {
  const [row] = await statement(
    "geography.change_zones",
    tx<{ epoch: number }[]>`update geography set zone_epoch = zone_epoch + 1 returning zone_epoch as epoch`,
  );
  if (row === undefined) throw new Error("change zones: the row of table geography is gone");
  return row.epoch;
}

/** Writes a page of a provider's zones. Answers the ids of those that are new, changed or in force again. */
export async function upsertProviderZones(
  tx: Tx,
  provider: string,
  zones: readonly ReportedZone[],
  epoch: number,
): Promise<string[]> {
  const rows = await statement(
    "zone.upsert_of_provider",
    tx<{ zone_id: string }[]>`
      insert into zone as z (origin, provider, external_id, name, geometry, west, south, east, north, epoch)
      select ${zoneOrigins.provider}, ${provider}, "externalId", name, geometry, west, south, east, north, ${epoch}
      from json_to_recordset(${zonesJson(zones)}::text::json) as n (
        "externalId" text, name text, geometry jsonb, west double precision, south double precision,
        east double precision, north double precision
      )
      on conflict (provider, external_id) where origin = 1 do update set version = z.version + 1, name = excluded.name,
        geometry = excluded.geometry, west = excluded.west, south = excluded.south, east = excluded.east,
        north = excluded.north, epoch = excluded.epoch, updated_at = now(), archived_at = null
      where z.archived_at is not null or (z.name, z.geometry) is distinct from (excluded.name, excluded.geometry)
      returning zone_id
    `,
  );
  return rows.map((row) => row.zone_id);
}

/** Whether the page holds anything that upsertProviderZones would write: most listings change nothing and should lock nothing. */
export async function providerZonesDiffer(
  db: Queryable,
  provider: string,
  zones: readonly ReportedZone[],
): Promise<boolean> {
  const rows = await statement(
    "zone.differ",
    db`
      select 1
      from json_to_recordset(${zonesJson(zones)}::text::json) as n ("externalId" text, name text, geometry jsonb)
      left join zone z on z.origin = 1 and z.provider = ${provider} and z.external_id = n."externalId"
      where z.zone_id is null or z.archived_at is not null
        or (z.name, z.geometry) is distinct from (n.name, n.geometry)
      limit 1
    `,
  );
  return rows.length > 0;
}

function zonesJson(zones: readonly ReportedZone[]): string {
  return JSON.stringify(
    zones.map(({ externalId, name, shape }) => ({
      externalId,
      name,
      geometry: JSON.parse(geometryJson(shape)),
      ...boxOf(shape),
    })),
  );
}

/** Zones of the provider in force that a complete listing did not show. */
export async function providerZonesNotAmong(
  db: Queryable,
  provider: string,
  externalIds: readonly string[],
): Promise<string[]> {
  const rows = await statement(
    "zone.not_listed",
    db<{ zone_id: string }[]>`
      select zone_id from zone
      where origin = 1 and provider = ${provider} and archived_at is null
        and external_id <> all(${externalIds}::text[])
      order by zone_id
    `,
  );
  return rows.map((row) => row.zone_id);
}

/** Takes zones out of force and ends the visits that are still open; what was, stays. */
export async function archiveZones(tx: Tx, zoneIds: readonly string[], epoch: number): Promise<void> {
  await statement(
    "zone.archive",
    tx`
      update zone set archived_at = now(), updated_at = now(), version = version + 1, epoch = ${epoch}
      where zone_id = any(${zoneIds}::uuid[])
    `,
  );
  await statement(
    "zone_visit.end_archived",
    tx`
      update zone_visit set left_at = greatest(now(), entered_at)
      where zone_id = any(${zoneIds}::uuid[]) and left_at is null
    `,
  );
}

export type ChangedZone = { zoneId: string; version: number; geometry: unknown; isInForce: boolean; epoch: number };

/** Zones whose newest change came after an epoch, for the copies that processes keep. */
export async function zonesChangedAfter(db: Queryable, epoch: number): Promise<ChangedZone[]> {
  return await statement(
    "zone.changed_after",
    db<ChangedZone[]>`
      select zone_id as "zoneId", version, geometry, archived_at is null as "isInForce", epoch
      from zone where epoch > ${epoch} order by epoch, zone_id
    `,
  );
}
