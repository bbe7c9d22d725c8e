import type { ServiceImpl } from "@connectrpc/connect";
import type { ZoneService } from "@dozor/proto/tracking/v1/zone";
import { principalOf } from "@dozor/runtime/auth";
import type { Context } from "../../context.ts";
import { auditZone } from "../../store/user-zones.ts";
import { archiveZones, beginZoneChange } from "../../store/zones.ts";
import { changeableZone } from "./changeable-zone.ts";
import { readZone } from "./get-zone.ts";

export function archiveZone(context: Pick<Context, "database">): ServiceImpl<typeof ZoneService>["archiveZone"] {
  return async ({ zoneId, version }, call) => {
    const actor = principalOf(call).subject;
    await context.database.transaction("zone.archive", async (tx) => {
      const epoch = await beginZoneChange(tx);
      await changeableZone(tx, zoneId, version);
      await archiveZones(tx, [zoneId], epoch);
      await auditZone(tx, zoneId, "archive", actor);
    });
    return { zone: await readZone(context, zoneId) };
  };
}
