import { statement, type Tx } from "@dozor/runtime/database";
import { geometryJson } from "../domain/geojson.ts";
import { boxOf, type Shape } from "../domain/geometry.ts";
import { zoneOrigins } from "./zones.ts";

export type NewZone = { name: string; shape: Shape; requestId: string | undefined; actor: string };

/** Makes a zone of a user. undefined when a zone of a user in force has that name. */
export async function insertUserZone(tx: Tx, zone: NewZone, epoch: number): Promise<string | undefined> {
  const { west, south, east, north } = boxOf(zone.shape);
  const [row] = await statement(
    "zone.insert_of_user",
    tx<{ zone_id: string }[]>`
      insert into zone (origin, name, geometry, west, south, east, north, epoch, request_id, created_by)
      values (${zoneOrigins.user}, ${zone.name}, ${geometryJson(zone.shape)}::text::jsonb, ${west}, ${south}, ${east},
        ${north}, ${epoch}, ${zone.requestId ?? null}, ${zone.actor})
      on conflict (name) where origin = 2 and archived_at is null do nothing
      returning zone_id
    `,
  );
  return row?.zone_id;
}

/** Renames or redraws; false when `version` is not the current one. */
export async function updateUserZone(
  tx: Tx,
  zoneId: string,
  version: number,
  change: { name: string | undefined; shape: Shape | undefined },
  epoch: number,
): Promise<boolean> {
  const box = change.shape === undefined ? undefined : boxOf(change.shape);
  const rows = await statement(
    "zone.update_of_user",
    tx`
      update zone set version = version + 1, epoch = ${epoch}, updated_at = now(),
        name = coalesce(${change.name ?? null}::text, name),
        geometry = coalesce(${change.shape === undefined ? null : geometryJson(change.shape)}::text::jsonb, geometry),
        west = coalesce(${box?.west ?? null}::float8, west), south = coalesce(${box?.south ?? null}::float8, south),
        east = coalesce(${box?.east ?? null}::float8, east), north = coalesce(${box?.north ?? null}::float8, north)
      where zone_id = ${zoneId} and version = ${version} and archived_at is null and origin = ${zoneOrigins.user}
      returning 1
    `,
  );
  return rows.length > 0;
}

/** Who did what to a zone of a user, with the zone as it was left. */
export async function auditZone(
  tx: Tx,
  zoneId: string,
  action: "create" | "update" | "archive" | "import",
  actor: string,
): Promise<void> {
  await statement(
    "zone_audit.add",
    tx`
      insert into zone_audit (zone_id, version, action, actor, name, geometry)
      select zone_id, version, ${action}, ${actor}, name, geometry from zone where zone_id = ${zoneId}
    `,
  );
}

export async function isNameTaken(tx: Tx, name: string, exceptZoneId: string): Promise<boolean> {
  const rows = await statement(
    "zone.name_taken",
    tx`
      select 1 from zone
      where origin = ${zoneOrigins.user} and archived_at is null and name = ${name} and zone_id <> ${exceptZoneId}
    `,
  );
  return rows.length > 0;
}
