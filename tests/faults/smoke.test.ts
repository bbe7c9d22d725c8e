import { expect, test } from "bun:test";
import type { Fault } from "./harness/fault.ts";
import { runFault } from "./harness/run-fault.ts";
import { killedAtABoundary } from "./matrix/f01-killed-at-a-boundary.ts";
import { storeWiped } from "./matrix/f05-bus-store-lost.ts";
import { leasesLost } from "./matrix/f16-leases-lost.ts";

/** Short faults of different kinds one after the other in one mesh: what every change has to withstand. */
const smoke: Fault = {
  id: "F0",
  name: "smoke",
  bites: ["store wiped", ...leasesLost.bites, ...killedAtABoundary.bites],
  async inject(run) {
    await run.workload.runInTheMiddle();
    await storeWiped(run);
    await leasesLost.inject(run);
    await killedAtABoundary.inject(run);
  },
};

test("processes killed at every boundary, the bus's store and the leases lost: everything is as it should be afterwards", async () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const { log, lines } = collectedLog();
  const result = await runFault(smoke, { seeds: [seed], signal: AbortSignal.timeout(560_000), log });
  const problems = result.seeds.flatMap((each) => each.problems);
  expect({ seed, problems, neverBit: result.neverBit }, lines.join("\n")).toEqual({ seed, problems: [], neverBit: [] });
}, 600_000);

function collectedLog(): { log: (text: string) => void; lines: string[] } {
  const lines: string[] = [];
  return { log: (text) => void lines.push(text), lines };
}
