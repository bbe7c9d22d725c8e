import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { firstPass } from "@dozor/mesh/first-pass";
import { checkInvariants } from "@dozor/mesh/invariants/check-invariants";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { eventually } from "@dozor/testkit/eventually";
import { meshTruth } from "../mesh/mesh-truth.ts";
import { jobOwner } from "./job-owner.ts";

const now = new Date();
const dataDir = temporaryDataDir("dozor-fault-");
let mesh: Mesh;
beforeAll(async () => {
  const options = {
    dataDir,
    portBase: await freePortBase(2),
    instances: 2,
    console: false,
    durable: false,
    scheduled: false,
  };
  mesh = await startMesh({ ...options, assets: 1500, now, leaseTtlMs: 3_000 });
}, 120_000);
afterAll(async () => {
  await mesh?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

test("an instance killed while it takes records from 1C loses none of them and acknowledges none that it lost", async () => {
  let isKilled = false;
  const poll = mesh
    .clients(0)
    .sources.pollNow({ source: "", waitMs: 120_000 })
    .catch((error: unknown) => {
      if (!isKilled) throw error;
    });
  const inTheMiddle = eventually(
    "an owner that saves records",
    async () => {
      const [state] = await mesh.databases.registry`select coalesce(sum(saved), 0)::int as saved from source_state`;
      return state?.saved > 0 ? await jobOwner(mesh, "registry", "poll-1c") : undefined;
    },
    { deadlineMs: 90_000 },
  );
  const met = await Promise.race([inTheMiddle, poll]);
  if (!met || !("owner" in met)) throw new Error("the poll ended before it could be disturbed");
  const { owner, other } = met;
  isKilled = true;
  await owner.kill();
  await poll;
  // What was acknowledged so far lies in the database, whatever was under way.
  const { I4 } = await checkInvariants(mesh);
  expect({ ok: I4?.ok, problems: I4?.problems }).toEqual({ ok: true, problems: [] });

  owner.start();
  await owner.ready();
  expect(other.isRunning()).toBe(true);
  await firstPass(mesh, { asOf: now });
  const truth = await meshTruth(mesh, now);
  const tasks = await mesh.databases
    .monitoring`select a.external_id from task t join asset a using (asset_id) order by 1`;
  expect(tasks.map((task) => task.external_id)).toEqual([...truth.tasks].sort());
  for (const [invariant, finding] of Object.entries(await checkInvariants(mesh))) {
    expect({ invariant, ok: finding.ok, problems: finding.problems }).toEqual({ invariant, ok: true, problems: [] });
  }
});
