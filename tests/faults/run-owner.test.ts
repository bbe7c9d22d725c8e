import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { firstPass } from "@dozor/mesh/first-pass";
import { checkInvariants } from "@dozor/mesh/invariants/check-invariants";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { eventually } from "@dozor/testkit/eventually";
import { meshTruth } from "../mesh/mesh-truth.ts";
import { jobOwner } from "./job-owner.ts";

const leaseTtlMs = 3_000;
const now = new Date();
const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
}, 60_000);

/** Two instances, and chunks so small that a run is long enough to be disturbed. */
async function startDisturbable(): Promise<Mesh> {
  const dataDir = temporaryDataDir("dozor-fault-");
  cleanUps.push(async () => rmSync(dataDir, { recursive: true, force: true }));
  const options = {
    dataDir,
    portBase: await freePortBase(2),
    instances: 2,
    console: false,
    durable: false,
    scheduled: false,
  };
  const extraEnv = { MONITORING_CHUNK_SIZE: "10" };
  const mesh = await startMesh({ ...options, assets: 1000, now, leaseTtlMs, extraEnv });
  cleanUps.push(async () => await mesh[Symbol.asyncDispose]());
  return mesh;
}

/** Resolves in the middle of the run: something is judged, and much is not. */
async function runInTheMiddle(mesh: Mesh): Promise<void> {
  await eventually(
    "a run in the middle",
    async () => {
      const [chunks] = await mesh.databases.monitoring<{ ended: number; open: number }[]>`
        select count(*) filter (where ended_at is not null)::int as ended, count(*) filter (where ended_at is null)::int as open
        from run_chunk
      `;
      return chunks && chunks.ended > 0 && chunks.open > 0;
    },
    { deadlineMs: 90_000 },
  );
}

async function expectOneRightRun(mesh: Mesh): Promise<void> {
  const truth = await meshTruth(mesh, now);
  const runs = await mesh.databases.monitoring`select state from run`;
  expect(runs.map((run) => run.state)).toEqual(["completed"]);
  const tasks = await mesh.databases
    .monitoring`select a.external_id from task t join asset a using (asset_id) order by 1`;
  expect(tasks.map((task) => task.external_id)).toEqual([...truth.tasks].sort());
  for (const [invariant, { ok, problems }] of Object.entries(await checkInvariants(mesh))) {
    expect({ invariant, ok, problems }).toEqual({ invariant, ok: true, problems: [] });
  }
}

test("the owner of a run stopped for four lease terms in its middle commits nothing more, and there is one run and no double task", async () => {
  const mesh = await startDisturbable();
  const pass = firstPass(mesh, { asOf: now });
  await Promise.race([runInTheMiddle(mesh), pass]);
  const before = await eventually("an owner", () => jobOwner(mesh, "monitoring", "drive-runs"));
  before.owner.pause();
  const pausedAt = performance.now();
  await eventually("four lease terms", () => performance.now() - pausedAt > 4 * leaseTtlMs, {
    deadlineMs: 5 * leaseTtlMs,
  });
  before.owner.resume();
  await pass;
  await expectOneRightRun(mesh);
});

test("the owner of a run killed in its middle is replaced, and there is one run and no double task", async () => {
  const mesh = await startDisturbable();
  const pass = firstPass(mesh, { asOf: now });
  await Promise.race([runInTheMiddle(mesh), pass]);
  const { owner } = await eventually("an owner", () => jobOwner(mesh, "monitoring", "drive-runs"));
  await owner.kill();
  // The pass itself speaks to the first instance, which may be the one that died.
  await pass.catch(() => {});
  owner.start();
  await owner.ready();
  await mesh.drain({ deadlineMs: 90_000 });
  await expectOneRightRun(mesh);
});
