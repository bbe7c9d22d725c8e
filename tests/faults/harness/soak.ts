import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { busInterruptions } from "../matrix/f04-bus-interrupted.ts";
import { storeWiped } from "../matrix/f05-bus-store-lost.ts";
import { bucketDeleted, leasesPurged } from "../matrix/f16-leases-lost.ts";
import { countBites } from "./bites.ts";
import { compareDatabases } from "./compare-databases.ts";
import type { FaultRun } from "./fault.ts";
import { judgedByTruth } from "./judged-by-truth.ts";
import { passTime } from "./pass-time.ts";
import { seededRandom } from "./random.ts";
import { leaseTtlMs, startFaultMesh } from "./run-fault.ts";
import { settle } from "./settle.ts";
import { supervise } from "./supervisor.ts";
import { startWorkload } from "./workload.ts";

export type SoakOptions = { minutes: number; seed: number; signal: AbortSignal; log(text: string): void };
export type SoakResult = { ok: boolean; problems: string[]; bites: Record<string, number>; dataDir?: string };

type Disturbance = { name: string; disturb(run: FaultRun): Promise<void> };
/** Two of a kind at once would only undo each other; two of different kinds meet. */
const kinds: readonly (readonly Disturbance[])[] = [
  [
    { name: "process killed", disturb: killed },
    { name: "process paused", disturb: paused },
    { name: "all instances of a service killed", disturb: serviceKilled },
  ],
  [
    ...busInterruptions,
    { name: "NATS store deleted", disturb: storeWiped },
    { name: "leases purged", disturb: leasesPurged },
    { name: "lease bucket deleted", disturb: bucketDeleted },
  ],
  [
    {
      name: "Postgres killed",
      disturb: ({ supervisor, random }) => supervisor.killPostgresFor(random.int(200, 4_000)),
    },
  ],
];
const quietShare = 0.25;
const settleMs = 180_000;

/** Pairs of faults at random under load for the given time, then rest, every oracle, and a comparison of the databases that is nobody's own. */
export async function soak({ minutes, seed, signal, log }: SoakOptions): Promise<SoakResult> {
  const dataDir = temporaryDataDir("dozor-soak-");
  const now = new Date();
  const random = seededRandom(seed);
  const bites = countBites();
  let problems: string[];
  {
    // A Postgres that does not wait for the disk loses what it had committed when it is killed: two changes of 1C in a soak of two minutes.
    await using mesh = await startFaultMesh({ mesh: { durable: true } }, dataDir, now, signal);
    const supervisor = supervise(mesh, signal);
    mkdirSync(join(dataDir, "history"), { recursive: true });
    const historyFile = join(dataDir, "history", "soak.jsonl");
    await using workload = await startWorkload({ mesh, random: random.fork("workload"), now, historyFile, signal });
    const part = random.fork("faults");
    const run: FaultRun = { mesh, random: part, workload, supervisor, bite: bites.bite, signal, log, heal: () => {} };
    const endsAt = performance.now() + minutes * 60_000;
    while (performance.now() < endsAt) await disturbOnce(run);
    await supervisor.revive();
    await workload.finish(settleMs);
    problems = await settle(mesh, { deadlineMs: settleMs, signal });
    const written = await workload.written.compare(mesh);
    const compared = await compareDatabases(mesh);
    problems.push(...written.problems, ...compared.problems, ...(await judgedByTruth(mesh, now, signal)));
    log(
      `${written.checked} changes of 1C and ${compared.checked} assets compared; ${JSON.stringify(workload.counts())}`,
    );
  }
  const ok = problems.length === 0;
  if (ok) rmSync(dataDir, { recursive: true, force: true });
  return { ok, problems, bites: bites.counts(), ...(ok ? {} : { dataDir }) };
}

/** A pair of different kinds at once, or a quarter of the time nothing; then everything runs again for a moment. */
async function disturbOnce(run: FaultRun): Promise<void> {
  const { random, supervisor, signal } = run;
  if (random.chance(quietShare)) return await passTime(random.int(1_000, 5_000), signal);
  const pair = random
    .shuffled(kinds)
    .slice(0, 2)
    .map((kind) => random.pick(kind));
  run.log(pair.map(({ name }) => name).join(" + "));
  const outcomes = await Promise.allSettled(
    pair.map(async ({ name, disturb }) => {
      await disturb(run);
      run.bite(name);
    }),
  );
  signal.throwIfAborted();
  for (const outcome of outcomes) {
    // One of a pair may find that the other has taken away what it wanted to disturb.
    if (outcome.status === "rejected") run.log(`not done: ${outcome.reason}`);
  }
  await supervisor.revive();
  await passTime(random.int(500, 3_000), signal);
}

async function killed({ supervisor, random }: FaultRun): Promise<void> {
  const instance = random.pick(supervisor.instances());
  await instance.kill();
}

async function serviceKilled({ supervisor, random }: FaultRun): Promise<void> {
  const service = random.pick(["registry", "tracking", "monitoring"] as const);
  await Promise.all(supervisor.instances(service).map((instance) => instance.kill()));
}

async function paused({ supervisor, random }: FaultRun): Promise<void> {
  await supervisor.pauseFor(random.pick(supervisor.instances()), random.int(1, 4) * leaseTtlMs);
}
