import type { Tx } from "@dozor/runtime/database";
import { observeRecords } from "@dozor/runtime/integration-metrics";
import type { JobRun } from "@dozor/runtime/jobs";
import type { ConfiguredProvider, Context } from "../context.ts";
import { normalisePlate, normaliseVin } from "../domain/identifiers.ts";
import type { ReportedDevice } from "../domain/provider-report.ts";
import { planListedSitting } from "../domain/sittings.ts";
import { upsertDevices } from "../store/devices.ts";
import { lockMatching, matchSittings } from "../store/matching.ts";
import { recordDevicesComplete } from "../store/provider-state.ts";
import { quarantine } from "../store/quarantine.ts";
import { refreshSittings, remeasureHearing } from "../store/sitting-state.ts";
import { applySittingPlans, lockSittings, rememberedSittings } from "../store/sittings.ts";
import { queueVisits } from "../store/visit-queue.ts";

/** Lists all devices; what is new of them ends and begins sittings. */
export async function pollDevices(
  context: Context,
  run: JobRun,
  { provider }: ConfiguredProvider,
  startedAt: Date,
): Promise<void> {
  let page: string | undefined;
  do {
    const { items, refused, next } = await provider.devices(page, run.signal);
    const devices = lastOfEach(items);
    await run.commit("poll.devices", async (tx) => {
      await storeDevices(tx, provider.name, devices, context.clock.now());
      await quarantine(tx, provider.name, "device", refused);
      if (next === undefined) await recordDevicesComplete(tx, provider.name, startedAt);
    });
    observeRecords(provider.name, { saved: devices.length, quarantined: refused.length });
    page = next;
  } while (page !== undefined);
}

async function storeDevices(tx: Tx, provider: string, devices: readonly ReportedDevice[], now: Date): Promise<void> {
  await lockMatching(tx);
  await lockSittings(tx, provider, "exclusive");
  const changed = await upsertDevices(tx, provider, devices);
  if (changed.length === 0) return;
  const remembered = await rememberedSittings(
    tx,
    changed.map((device) => device.deviceNo),
  );
  const plans = changed.map((device) => ({
    deviceNo: device.deviceNo,
    vinNorm: normaliseVin(device.vin),
    plateNorm: normalisePlate(device.plate),
    ...planListedSitting(remembered.get(device.deviceNo) ?? [], device.installedAt, device.removedAt, now),
  }));
  const { toMatch, moved } = await applySittingPlans(tx, plans);
  const rematched = await matchSittings(tx, toMatch);
  const touched = [...toMatch, ...plans.flatMap((plan) => plan.end.map((each) => each.sittingNo))];
  await remeasureHearing(tx, touched);
  await refreshSittings(tx, touched, []);
  await queueVisits(tx, [...moved, ...rematched]);
}

/** A page that names a device twice means the last. */
function lastOfEach(devices: readonly ReportedDevice[]): ReportedDevice[] {
  return [...new Map(devices.map((device) => [device.externalId, device])).values()];
}
