import type { NoContactCondition } from "@dozor/proto/monitoring/v1/condition";
import type { AssetFacts } from "@dozor/proto/tracking/v1/facts";
import { above, type Judgement, unknown } from "./judgement.ts";
import { dayMs, timestampMs } from "./timestamps.ts";

/** No device was heard for more than so many times 24 hours; one never heard counts from its installation. Measured in days. */
export function judgeNoContact(condition: NoContactCondition, facts: AssetFacts, asOfMs: number): Judgement {
  const heardAtMs = facts.devices
    .map((device) => device.lastContactAt ?? device.installedAt)
    .filter((at) => at !== undefined)
    .map(timestampMs);
  if (heardAtMs.length === 0) return unknown("no_installation_date");
  return above((asOfMs - Math.max(...heardAtMs)) / dayMs, condition.days);
}
