import type { Tx } from "@dozor/runtime/database";
import type { ReportedZone } from "../domain/provider-report.ts";
import { queueVisitsOfZones } from "../store/visit-queue.ts";
import { beginZoneChange, providerZonesDiffer, upsertProviderZones } from "../store/zones.ts";

/** Stores zones of a provider, when they differ, and has the visits of those that changed found anew. */
export async function storeZones(tx: Tx, provider: string, zones: readonly ReportedZone[]): Promise<void> {
  if (!(await providerZonesDiffer(tx, provider, zones))) return;
  const changed = await upsertProviderZones(tx, provider, zones, await beginZoneChange(tx));
  await queueVisitsOfZones(tx, changed);
}
