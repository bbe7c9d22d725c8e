import { join } from "node:path";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { passTime } from "../harness/pass-time.ts";
import { leaseTtlMs } from "../harness/run-fault.ts";
import { type ShiftedClocks, shiftedClocks, whyNoShiftedClock } from "../harness/tools/shifted-clock.ts";

let clocks: ShiftedClocks;

/** F9: the instances disagree about the time, their clocks jump, and midnight comes while a run goes. */
export const clocksApart: Fault = {
  id: "F9",
  name: "clocks apart",
  // Moscow has no such nights, and a mesh in another zone would have to live a year by a false clock.
  note: "the nights of clock changes are walked through in services/monitoring/tests/nights-of-clock-changes.test.ts, on real Postgres and NATS and a clock of its own",
  needs: async () => whyNoShiftedClock(),
  bites: ["clocks apart", "jumped ahead", "jumped back", "midnight passed in a run"],
  async prepare(dataDir) {
    clocks = shiftedClocks(join(dataDir, "clocks"));
    return { extraEnvOf: (instance) => clocks.envOf(instance) };
  },
  async inject(run) {
    run.heal(async () => shiftAll(run, 0));
    for (const step of run.random.shuffled([apart, jumps, midnight])) {
      await step(run);
      shiftAll(run, 0);
    }
  },
};

function shiftAll({ supervisor }: FaultRun, ms: number): void {
  for (const { name } of supervisor.instances()) clocks.shift(name, ms);
}

async function apart(run: FaultRun): Promise<void> {
  run.log("a quarter of a second apart, either way");
  for (const { name } of run.supervisor.instances()) clocks.shift(name, run.random.pick([-250, 250]));
  await run.workload.runInTheMiddle();
  await passTime(leaseTtlMs, run.signal);
  run.bite("clocks apart");
}

const hourMs = 3_600_000;

async function jumps(run: FaultRun): Promise<void> {
  const { random, bite, log, signal, supervisor } = run;
  for (const [name, ms] of random.shuffled([
    ["jumped ahead", hourMs],
    ["jumped back", -hourMs],
  ] as const)) {
    const jumping = random.shuffled(supervisor.instances()).slice(0, random.int(1, 4));
    log(`${name}: ${jumping.map((instance) => instance.name).join(", ")}`);
    for (const instance of jumping) clocks.shift(instance.name, ms);
    const [first] = jumping;
    if (first !== undefined) await showsTime(first.httpUrl, ms, signal);
    bite(name);
    await passTime(leaseTtlMs + 500, signal);
    shiftAll(run, 0);
    await passTime(1_000, signal);
  }
}

/** The instance really lives by that clock: it writes the date into its answers. */
async function showsTime(httpUrl: string, shiftMs: number, signal: AbortSignal): Promise<void> {
  await eventually(
    `an answer dated ${shiftMs} ms off`,
    async () => {
      const answer = await fetch(`${httpUrl}/metrics`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
      });
      await answer.text();
      return Math.abs(Date.parse(answer.headers.get("date") ?? "") - Date.now() - shiftMs) < 10_000;
    },
    { deadlineMs: 20_000, signal },
  );
}

const dayMs = 24 * hourMs;
// Moscow has no clock changes.
const moscowAheadMs = 3 * hourMs;

async function midnight(run: FaultRun): Promise<void> {
  const { workload, bite, log, signal } = run;
  await workload.runInTheMiddle();
  const sinceMidnightMs = (Date.now() + moscowAheadMs) % dayMs;
  log("a second and a half before midnight in Moscow");
  shiftAll(run, dayMs - sinceMidnightMs - 1_500);
  await passTime(2_500, signal);
  bite("midnight passed in a run");
  // And one that lies wholly in the new day.
  await workload.runInTheMiddle();
  await passTime(leaseTtlMs, signal);
}
