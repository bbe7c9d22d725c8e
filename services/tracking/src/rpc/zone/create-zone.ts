import type { ServiceImpl } from "@connectrpc/connect";
import type { ZoneService } from "@dozor/proto/tracking/v1/zone";
import { principalOf } from "@dozor/runtime/auth";
import { alreadyExists, invalidArgument } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { zoneOfRequest } from "../../store/list-zones.ts";
import { auditZone, insertUserZone } from "../../store/user-zones.ts";
import { queueVisitsOfZones } from "../../store/visit-queue.ts";
import { beginZoneChange } from "../../store/zones.ts";
import { readZone } from "./get-zone.ts";
import { shapeOf } from "./zone-message.ts";

export function createZone(context: Pick<Context, "database" | "wake">): ServiceImpl<typeof ZoneService>["createZone"] {
  return async ({ name, geometry, requestId }, call) => {
    const actor = principalOf(call).subject;
    if (geometry === undefined) throw invalidArgument("geometry is missing");
    const shape = shapeOf(geometry);
    const zoneId = await context.database.transaction("zone.create", async (tx) => {
      // The epoch's lock also keeps a repeated request waiting until the first one is committed.
      const epoch = await beginZoneChange(tx);
      const made = await zoneOfRequest(tx, requestId);
      if (made !== undefined) return made;
      const inserted = await insertUserZone(tx, { name, shape, requestId, actor }, epoch);
      if (inserted === undefined) throw alreadyExists("zone", `"${name}"`);
      await auditZone(tx, inserted, "create", actor);
      await queueVisitsOfZones(tx, [inserted]);
      return inserted;
    });
    context.wake("update-stale-visits");
    return { zone: await readZone(context, zoneId) };
  };
}
