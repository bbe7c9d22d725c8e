import { observeRecords } from "@dozor/runtime/integration-metrics";
import type { JobRun } from "@dozor/runtime/job";
import type { ConfiguredProvider, Context } from "../context.ts";
import { storeZones } from "../intake/store-zones.ts";
import { supersedeRefused } from "../store/journal.ts";
import { recordZonesComplete } from "../store/provider-state.ts";
import { quarantine } from "../store/quarantine.ts";
import { archiveZones, beginZoneChange, providerZonesNotAmong } from "../store/zones.ts";

/** Lists all zones; those which a complete listing does not show any more go out of force. */
export async function pollZones(
  _context: Context,
  run: JobRun,
  { provider }: ConfiguredProvider,
  startedAt: Date,
): Promise<void> {
  const seen: string[] = [];
  let page: string | undefined;
  do {
    const { items, refused, next, callId } = await provider.zones(page, run.signal);
    const zones = [...new Map(items.map((zone) => [zone.externalId, zone])).values()];
    // A zone that is shown, but in a form we cannot use, is not gone.
    seen.push(...zones.map((zone) => zone.externalId), ...refused.map((item) => item.externalId));
    await run.commit("poll.zones", (tx) => storeZones(tx, provider.name, zones));
    await run.commit("poll.zones", async (tx) => {
      const usable = zones.map(({ externalId }) => externalId);
      await supersedeRefused(tx, provider.name, "zone", usable, callId);
      await quarantine(tx, provider.name, "zone", refused);
    });
    observeRecords(provider.name, { saved: zones.length, quarantined: refused.length });
    page = next;
  } while (page !== undefined);
  await run.commit("poll.zones_end", async (tx) => {
    const gone = await providerZonesNotAmong(tx, provider.name, seen);
    if (gone.length > 0) await archiveZones(tx, gone, await beginZoneChange(tx));
    await recordZonesComplete(tx, provider.name, startedAt);
  });
}
