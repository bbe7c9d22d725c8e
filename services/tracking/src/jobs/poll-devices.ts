import { observeRecords } from "@dozor/runtime/integration-metrics";
import type { JobRun } from "@dozor/runtime/job";
import type { ConfiguredProvider, Context } from "../context.ts";
import type { ReportedDevice } from "../domain/provider-report.ts";
import { storeDevices } from "../intake/store-devices.ts";
import { supersedeRefused } from "../store/journal.ts";
import { recordDevicesComplete } from "../store/provider-state.ts";
import { quarantine } from "../store/quarantine.ts";

/** Lists all devices; what is new of them ends and begins sittings. */
export async function pollDevices(
  context: Context,
  run: JobRun,
  { provider }: ConfiguredProvider,
  startedAt: Date,
): Promise<void> {
  let page: string | undefined;
  do {
    const { items, refused, next, callId } = await provider.devices(page, run.signal);
    const devices = lastOfEach(items);
    await run.commit("poll.devices", async (tx) => {
      await storeDevices(tx, provider.name, devices, context.clock.now());
      await supersedeRefused(tx, provider.name, "device", idsOf(devices), callId);
      await quarantine(tx, provider.name, "device", refused);
      if (next === undefined) await recordDevicesComplete(tx, provider.name, startedAt);
    });
    observeRecords(provider.name, { saved: devices.length, quarantined: refused.length });
    page = next;
  } while (page !== undefined);
}

const idsOf = (devices: readonly ReportedDevice[]) => devices.map(({ externalId }) => externalId);

/** A page that names a device twice means the last. */
function lastOfEach(devices: readonly ReportedDevice[]): ReportedDevice[] {
  return [...new Map(devices.map((device) => [device.externalId, device])).values()];
}
