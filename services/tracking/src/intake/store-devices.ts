import type { Tx } from "@dozor/runtime/database";
import { normalisePlate, normaliseVin } from "../domain/identifiers.ts";
import type { ReportedDevice } from "../domain/provider-report.ts";
import { planListedSitting } from "../domain/sittings.ts";
import { upsertDevices } from "../store/devices.ts";
import { lockMatching, matchSittings } from "../store/matching.ts";
import { refreshSittings, remeasureHearing } from "../store/sitting-state.ts";
import { applySittingPlans, lockSittings, rememberedSittings } from "../store/sittings.ts";
import { queueVisits } from "../store/visit-queue.ts";

/** Stores devices as they are listed now, and what follows for their sittings. */
export async function storeDevices(
  tx: Tx,
  provider: string,
  devices: readonly ReportedDevice[],
  now: Date,
): Promise<void> {
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
