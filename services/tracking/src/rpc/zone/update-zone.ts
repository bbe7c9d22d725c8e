import type { ServiceImpl } from "@connectrpc/connect";
import type { ZoneService } from "@dozor/proto/tracking/v1/zone";
import { principalOf } from "@dozor/runtime/auth";
import { aborted, alreadyExists } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { auditZone, isNameTaken, updateUserZone } from "../../store/user-zones.ts";
import { queueVisitsOfZones } from "../../store/visit-queue.ts";
import { beginZoneChange } from "../../store/zones.ts";
import { changeableZone } from "./changeable-zone.ts";
import { readZone } from "./get-zone.ts";
import { shapeOf } from "./zone-message.ts";

export function updateZone(context: Pick<Context, "database" | "wake">): ServiceImpl<typeof ZoneService>["updateZone"] {
  return async ({ zoneId, version, name, geometry }, call) => {
    const actor = principalOf(call).subject;
    const shape = geometry === undefined ? undefined : shapeOf(geometry);
    await context.database.transaction("zone.update", async (tx) => {
      const epoch = await beginZoneChange(tx);
      await changeableZone(tx, zoneId, version);
      if (name !== "" && (await isNameTaken(tx, name, zoneId))) throw alreadyExists("zone", `"${name}"`);
      const change = { name: name === "" ? undefined : name, shape };
      if (!(await updateUserZone(tx, zoneId, Number(version), change, epoch)))
        throw aborted(`zone ${zoneId} was changed by somebody else: read it again`);
      await auditZone(tx, zoneId, "update", actor);
      await queueVisitsOfZones(tx, [zoneId]);
    });
    context.wake("update-stale-visits");
    return { zone: await readZone(context, zoneId) };
  };
}
