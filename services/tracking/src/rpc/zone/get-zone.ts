import type { ServiceImpl } from "@connectrpc/connect";
import type { Zone, ZoneService } from "@dozor/proto/tracking/v1/zone";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { getZone } from "../../store/list-zones.ts";
import { zoneMessage } from "./zone-message.ts";

export function getZoneRpc(context: Pick<Context, "database">): ServiceImpl<typeof ZoneService>["getZone"] {
  return async ({ zoneId }) => ({ zone: await readZone(context, zoneId) });
}

/** A zone with its geometry; NotFound. */
export async function readZone({ database }: Pick<Context, "database">, zoneId: string): Promise<Zone> {
  const row = await getZone(database.sql, zoneId);
  if (row === undefined) throw notFound("zone", zoneId);
  return zoneMessage(row, { withGeometry: true });
}
