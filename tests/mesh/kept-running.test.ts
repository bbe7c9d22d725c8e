import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { firstPass } from "@dozor/mesh/first-pass";
import { keepMeshRunning } from "@dozor/mesh/keep-running";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase, type ServiceName, serviceNames } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { eventually } from "@dozor/testkit/eventually";
import { settle } from "../faults/harness/settle.ts";
import { changeWorld } from "../faults/harness/simulated-world.ts";
import { lookAtProcesses, type Seen } from "./outsider.ts";

// Whatever dies in a mesh that `./dozor up` keeps running comes back by itself, and nothing is lost. Processes are killed by somebody who finds them in
// the process table, as the mesh itself was not asked.

const dataDir = temporaryDataDir("dozor-kept-");
const now = new Date();
const said: string[] = [];
const owned = new AsyncDisposableStack();
let mesh: Mesh;

beforeAll(async () => {
  // Short leases, so that the work of a killed holder is soon taken over.
  const options = { dataDir, portBase: await freePortBase(2), instances: 2, scheduled: false, leaseTtlMs: 3_000 };
  mesh = owned.use(await startMesh({ ...options, assets: 120, now }));
  owned.use(keepMeshRunning(mesh, { say: (line) => said.push(line) }));
  await firstPass(mesh, { asOf: now });
}, 240_000);
afterAll(async () => {
  await owned.disposeAsync();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

test("one killed instance of each service is back, and work goes on", async () => {
  const { services } = lookAtProcesses(dataDir);
  const killed = ["registry-1", "tracking-1", "monitoring-1"];
  for (const name of killed) kill(services[name]);
  await allReady({ services: Object.fromEntries(killed.map((name) => [name, services[name] ?? 0])) });
  for (const name of killed) expect(said).toContain(`${name} ended (SIGKILL); started again in 0.2 s`);
  await workAndCompare(1);
});

test("a killed simulator and a killed console are back", async () => {
  const programs = [...(mesh.simulators?.programs ?? []), ...(mesh.console ? [mesh.console] : [])];
  expect(programs).toHaveLength(5);
  for (const { child } of programs) kill(child.pid);
  for (const { name } of programs) {
    await eventually(`${name} to be told of`, () => said.includes(`${name} ended (SIGKILL); started again in 0.2 s`));
  }
  const urls = [mesh.simulators?.onecUrl, mesh.simulators?.xkeeperUrl].map((url) => `${url}/_admin/health`);
  for (const url of [...urls, `http://127.0.0.1:${mesh.ports.console}/`]) {
    await eventually(`an answer of ${url}`, async () => (await fetch(url)).ok, { deadlineMs: 60_000 });
  }
});

test("a killed nats-server whose store was deleted is back, and its streams are filled again", async () => {
  const { nats } = lookAtProcesses(dataDir);
  kill(nats);
  rmSync(mesh.nats.storeDir, { recursive: true });
  await allReady({ nats });
  await workAndCompare(2);
});

test("a nats-server whose store is deleted while it runs is started again", async () => {
  const { nats } = lookAtProcesses(dataDir);
  rmSync(mesh.nats.storeDir, { recursive: true });
  await allReady({ nats });
  await workAndCompare(3);
});

test("a killed Postgres is back, and nothing that it acknowledged is lost", async () => {
  const { postgres } = lookAtProcesses(dataDir);
  kill(postgres);
  await allReady({ postgres });
  await workAndCompare(4);
});

test("when all services, Postgres and nats-server die at once and the store is deleted, all is back without a human", async () => {
  const seen = lookAtProcesses(dataDir);
  expect(Object.keys(seen.services)).toHaveLength(6);
  for (const pid of [...Object.values(seen.services), seen.nats, seen.postgres]) kill(pid);
  rmSync(mesh.nats.storeDir, { recursive: true });
  await allReady(seen);
  await workAndCompare(5);
});

function kill(pid: number | undefined): void {
  if (pid === undefined || pid <= 1)
    throw new Error("kill a process of the mesh: it was not found in the process table");
  process.kill(pid, "SIGKILL");
}

/** Everything is ready, and what was killed is another process now. */
async function allReady(killed: Partial<Seen>): Promise<void> {
  await eventually(
    "another life of what was killed",
    () => {
      const seen = lookAtProcesses(dataDir);
      const isNew = (before: number | undefined, pid: number | undefined) => (pid ?? 0) > 1 && pid !== before;
      return (
        isNew(killed.postgres, seen.postgres) &&
        isNew(killed.nats, seen.nats) &&
        instances().every(({ name }) => isNew(killed.services?.[name], seen.services[name]))
      );
    },
    { deadlineMs: 60_000 },
  );
  await eventually("an answer of Postgres", () => mesh.databases.registry`select`, { deadlineMs: 60_000 });
  for (const { name, probeUrl } of instances()) {
    await eventually(`${name} to be ready`, async () => (await fetch(`${probeUrl}/readyz`)).ok, { deadlineMs: 60_000 });
  }
}

function instances() {
  return serviceNames.flatMap((service: ServiceName) => mesh.services[service]);
}

/** Something changes in 1C, is polled and judged on one more day; then every backlog is at zero and every invariant holds. */
async function workAndCompare(round: number): Promise<void> {
  const signal = AbortSignal.timeout(150_000);
  const [contract] = await mesh.databases.registry<{ id: string }[]>`
    select c.external_id as id from contract c join contract_item i on i.contract_id = c.id
    where c.status = 2 order by c.external_id limit 1`;
  await changeWorld(mesh, { op: "change", type: "contract", id: contract?.id, set: { radiusKm: 100 + round } }, signal);
  const businessDate = new Date(now.getTime() - round * 86_400_000).toISOString().slice(0, 10);
  await firstPass(mesh, { businessDate, asOf: now, signal });
  expect(await settle(mesh, { deadlineMs: 90_000, signal })).toEqual([]);
  const changed = await mesh.databases
    .registry`select radius_km from contract where external_id = ${contract?.id ?? ""}`;
  expect(changed[0]?.radius_km).toBe(100 + round);
}
