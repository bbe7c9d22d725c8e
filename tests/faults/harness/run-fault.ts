import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { firstPass } from "@dozor/mesh/first-pass";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { type Bites, countBites } from "./bites.ts";
import type { Fault } from "./fault.ts";
import { judgedByTruth } from "./judged-by-truth.ts";
import { seededRandom } from "./random.ts";
import { settle } from "./settle.ts";
import { supervise } from "./supervisor.ts";
import { startWorkload } from "./workload.ts";

export type RunFaultOptions = {
  /** One injection each, all in one mesh. */
  seeds: readonly number[];
  signal: AbortSignal;
  log(text: string): void;
};
type SeedResult = { seed: number; ok: boolean; problems: string[]; seconds: number };
export type FaultResult = {
  id: string;
  name: string;
  /** Why it did not run. */
  skipped?: string;
  seeds: SeedResult[];
  bites: Record<string, number>;
  /** Required counters that stayed at zero. */
  neverBit: string[];
  ok: boolean;
  /** Logs and histories, kept when something failed. */
  dataDir?: string;
};

export const leaseTtlMs = 3_000;
const settleMs = 90_000;

/** Starts a mesh, injects the fault once for every seed under load, and after each compares everything with what must hold. */
export async function runFault(fault: Fault, options: RunFaultOptions): Promise<FaultResult> {
  const { id, name } = fault;
  const skipped = await fault.needs?.();
  if (skipped !== undefined) return { id, name, skipped, seeds: [], bites: {}, neverBit: [], ok: true };
  const dataDir = temporaryDataDir(`dozor-${id.toLowerCase()}-`);
  const bites = countBites();
  const seeds: SeedResult[] = [];
  {
    const now = new Date();
    await using foundation = new AsyncDisposableStack();
    const prepared = await fault.prepare?.(dataDir, foundation);
    const differing = { ...fault.mesh, ...prepared };
    await using mesh = await startFaultMesh({ mesh: differing }, dataDir, now, options.signal);
    for (const seed of options.seeds) {
      const startedAt = performance.now();
      const problems = await injectOnce(fault, mesh, { ...options, seed, now, bites }).catch((error: unknown) => {
        options.signal.throwIfAborted();
        return [`the run broke: ${explain(error)}`];
      });
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      seeds.push({ seed, ok: problems.length === 0, problems, seconds });
      options.log(`${id} seed ${seed}: ${problems.length === 0 ? "ok" : problems.join("; ")} (${seconds} s)`);
    }
  }
  const neverBit = bites.missing(fault.bites);
  const ok = neverBit.length === 0 && seeds.every((seed) => seed.ok);
  if (ok) rmSync(dataDir, { recursive: true, force: true });
  return { id, name, seeds, bites: bites.counts(), neverBit, ok, ...(ok ? {} : { dataDir }) };
}

/** Two instances of everything in a small world, short leases, small chunks so that a run is long enough to be disturbed. */
export async function startFaultMesh(
  { mesh: differing = {} }: Pick<Fault, "mesh">,
  dataDir: string,
  now: Date,
  signal: AbortSignal,
): Promise<Mesh> {
  const usual = { assets: 300, now, instances: 2, console: false, durable: false, scheduled: false, leaseTtlMs };
  const extraEnv = {
    MONITORING_CHUNK_SIZE: "10",
    MONITORING_CHECK_DEADLINE: "30s",
    MONITORING_RECONCILE_EVERY: "10s",
    ...differing.extraEnv,
  };
  const mesh = await startMesh({ ...usual, ...differing, extraEnv, dataDir, portBase: await freePortBase(2), signal });
  try {
    await firstPass(mesh, { asOf: now, signal });
    return mesh;
  } catch (error) {
    await mesh[Symbol.asyncDispose]();
    throw error;
  }
}

type Injection = RunFaultOptions & { seed: number; now: Date; bites: Bites };

async function injectOnce(fault: Fault, mesh: Mesh, injection: Injection): Promise<string[]> {
  const { seed, now, bites, signal } = injection;
  const random = seededRandom(seed);
  const supervisor = supervise(mesh, signal);
  const historyFile = join(mesh.dataDir, "history", `${seed}.jsonl`);
  mkdirSync(join(mesh.dataDir, "history"), { recursive: true });
  await using workload = await startWorkload({ mesh, random: random.fork("workload"), now, historyFile, signal });
  const heals: (() => Promise<void>)[] = [];
  const startedAt = performance.now();
  const log = (text: string) =>
    injection.log(`${fault.id} seed ${seed}, ${Math.round((performance.now() - startedAt) / 1000)} s: ${text}`);
  try {
    const part = random.fork("fault");
    await fault.inject({
      ...{ mesh, random: part, workload, supervisor, bite: bites.bite, signal, log },
      heal: (fn) => void heals.push(fn),
    });
  } finally {
    for (const heal of heals.reverse()) await heal();
  }
  log("healed; everything runs again, and what waits is polled");
  await supervisor.revive();
  await workload.finish(settleMs);
  log("comes to rest");
  const problems = await settle(mesh, { deadlineMs: settleMs, signal });
  if (problems.length > 0) return problems;
  const { checked, problems: forgotten } = await workload.written.compare(mesh);
  log("at rest, and judged once more");
  if (checked === 0) return ["the workload changed nothing, so that nothing was proved"];
  return [...forgotten, ...(await judgedByTruth(mesh, now, signal))];
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}, because ${explain(error.cause)}`;
}
