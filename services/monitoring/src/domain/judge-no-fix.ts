import type { NoFixCondition } from "@dozor/proto/monitoring/v1/condition";
import { type AssetFacts, type DeviceFact, type Fix, FixSource } from "@dozor/proto/tracking/v1/facts";
import { above, type Judgement, unknown } from "./judgement.ts";
import { dayMs, type TimestampLike, timestampMs } from "./timestamps.ts";

/** No device reported a plausible position for more than so many times 24 hours; one that never did counts from its installation. Measured in days. */
export function judgeNoFix(condition: NoFixCondition, facts: AssetFacts, asOfMs: number): Judgement {
  const fixedAtMs = facts.devices
    .map((device) => lastFixAt(device, condition.gnssOnly) ?? device.installedAt)
    .filter((at) => at !== undefined)
    .map(timestampMs);
  if (fixedAtMs.length === 0) return unknown("no_installation_date");
  return above((asOfMs - Math.max(...fixedAtMs)) / dayMs, condition.days);
}

/** By satellites only, the newest fix of any source counts if it is one, else the newest that is good enough for zones. */
function lastFixAt(device: DeviceFact, gnssOnly: boolean): TimestampLike | undefined {
  const counts = (fix: Fix | undefined) => fix !== undefined && (!gnssOnly || fix.source === FixSource.GNSS);
  return [device.lastFix, device.lastZoneFix].find(counts)?.at;
}
