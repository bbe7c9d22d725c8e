import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkInvariants } from "@dozor/mesh/invariants/check-invariants";
import type { Mesh } from "@dozor/mesh/mesh";
import type { ServiceName } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { eventually } from "@dozor/testkit/eventually";
import { type Breakage, brokenVariant } from "./harness/broken-variant.ts";
import { passTime } from "./harness/pass-time.ts";
import { seededRandom } from "./harness/random.ts";
import { leaseTtlMs, startFaultMesh } from "./harness/run-fault.ts";
import { supervise } from "./harness/supervisor.ts";
import { startWorkload, type Workload } from "./harness/workload.ts";

// Services that are broken on purpose, under the fault that the break is about: the oracle must see it. The sound service goes through the
// same faults in the matrix.

const stop = new AbortController();
const dataDir = temporaryDataDir("dozor-controls-");
const now = new Date();
let mesh: Mesh;
beforeAll(async () => {
  mesh = await startFaultMesh({}, dataDir, now, stop.signal);
}, 180_000);
afterAll(async () => {
  stop.abort();
  await mesh?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

async function startBroken(service: ServiceName, breakages: readonly Breakage[], failpoints: string): Promise<void> {
  const program = await brokenVariant(service, join(dataDir, "broken", service), breakages);
  for (const instance of mesh.services[service]) {
    await instance.kill();
    instance.start({ program, env: { DOZOR_FAILPOINTS: failpoints } });
    await instance.ready(stop.signal);
  }
}

function underLoad(name: string): Promise<Workload> {
  const random = seededRandom(1).fork(name);
  return startWorkload({ mesh, random, now, historyFile: join(dataDir, `${name}.jsonl`), signal: stop.signal });
}

/** Resolves when the oracle is red, with what it says. */
function redOracle(name: string): Promise<string[]> {
  const look = async () => {
    const finding = (await checkInvariants(mesh))[name];
    return finding?.ok === false && finding.problems;
  };
  return eventually(`a red oracle of ${name}`, look, { deadlineMs: 60_000, signal: stop.signal });
}

test("a job that does not compare its epoch in the commit is seen by I11", async () => {
  const noEpochCheck: Breakage[] = [
    {
      file: "runtime/src/job-ledger.ts",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text that is looked for.
      from: "where name = ${job} and epoch = ${epoch} for share",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text that is looked for.
      to: "where name = ${job} for share",
    },
    {
      file: "monitoring/src/jobs/drive-runs.ts",
      from: "while (!(await planSlice(context, jobRun, run.runId)))",
      to: 'while (await failpoint("control.between_slices"), !(await planSlice(context, jobRun, run.runId)))',
    },
    {
      file: "monitoring/src/jobs/drive-runs.ts",
      from: 'import { setTimeout as delay } from "node:timers/promises";',
      to: 'import { setTimeout as delay } from "node:timers/promises";\nimport { failpoint } from "@dozor/runtime/failpoint";',
    },
  ];
  await startBroken("monitoring", noEpochCheck, "control.between_slices:pause@5");
  await using _load = await underLoad("no-epoch-check");
  // Long enough for the other instance to take the job over and go on; it may be struck in its turn.
  const endsAt = performance.now() + 60_000;
  for (let isRed = false; !isRed && performance.now() < endsAt; ) {
    await passTime(3 * leaseTtlMs, stop.signal);
    for (const instance of mesh.services.monitoring) instance.resume();
    await passTime(500, stop.signal);
    isRed = (await checkInvariants(mesh)).I11?.ok === false;
  }
  const problems = await redOracle("I11");
  expect(problems.join()).toContain("drive-runs carries epoch");
});

test("a consumer that acknowledges before its commit is seen by I10", async () => {
  const ackBeforeCommit: Breakage[] = [
    {
      file: "runtime/src/consume-batch.ts",
      from: `        await commit(items);
        await failpoint("consumer.after_effect_before_ack");
`,
      // The pause lets the acknowledgements reach the server.
      to: `        for (const { delivery } of items) settle(delivery, "ack");
        await new Promise((resolve) => setTimeout(resolve, 100));
        await failpoint("consumer.after_effect_before_ack");
        await commit(items);
`,
    },
  ];
  await startBroken("tracking", ackBeforeCommit, "consumer.after_effect_before_ack:kill@2");
  {
    await using _load = await underLoad("ack-before-commit");
    await eventually("a kill", () => mesh.services.tracking.some((instance) => !instance.isRunning()), {
      deadlineMs: 60_000,
    });
  }
  await supervise(mesh, stop.signal).revive();
  const problems = await redOracle("I10");
  expect(problems.join()).toContain("never reached");
});
