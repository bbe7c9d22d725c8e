import type { Mesh } from "@dozor/mesh/mesh";
import { eventually } from "@dozor/testkit/eventually";
import { type FakeKubelet, startFakeKubelet } from "../harness/fake-kubelet.ts";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { type Links, openLinks } from "../harness/links.ts";
import { touchWorld } from "../harness/simulated-world.ts";
import { type ControlGroup, openControlGroup, whyNoControlGroup } from "../harness/tools/control-group.ts";

let links: Links;
const provenTeeth = new WeakSet<Mesh>();

/** F3: each instance has a tenth of a core while a whole run goes and 5 MB come from 1C; its heart must beat all the same. */
export const starvedOfProcessor: Fault = {
  id: "F3",
  name: "starved of processor",
  note: "probed every second instead of every ten, with a timeout of one second and three failures in a row, as Kubernetes would at its defaults; the run and the import go at the same time, and the 5 MB come in fewer and heavier objects than they would; that the probe kills what stands still is shown once per mesh",
  needs: async () => whyNoControlGroup("cpu"),
  bites: ["throttled", "liveness answered", "KB imported", "whole run ended", "stuck instance killed"],
  async prepare(_dataDir, stack) {
    links = openLinks(["onec"], stack);
    return { wiring: links.wiring, assets: 1_000 };
  },
  async inject(run) {
    using groups = new DisposableStack();
    await using kubelet = startFakeKubelet(run.supervisor.instances(), {
      everyMs: 1_000,
      timeoutMs: 1_000,
      failuresMax: 3,
      signal: run.signal,
    });
    const throttled = run.supervisor
      .instances()
      .map((instance) => groups.use(tenthOfACore(instance.name, instance.pid())));
    await Promise.all([importAll(run), wholeRun(run)]);
    const { answered, failed, slowestMs } = kubelet.probes();
    run.log(`${answered} probes answered, the slowest in ${Math.round(slowestMs)} ms, ${failed} failed`);
    run.bite("liveness answered", answered);
    run.bite(
      "throttled",
      throttled.reduce((sum, group) => sum + group.count("cpu.stat", "nr_throttled"), 0),
    );
    if (kubelet.kills.length > 0)
      throw new Error(`killed for want of an answer at a tenth of a core: ${kubelet.kills.join(", ")}`);
    groups.dispose();
    if (!provenTeeth.has(run.mesh)) await stuckIsKilled(run, kubelet);
  },
};

function tenthOfACore(name: string, pid: number): ControlGroup {
  const group = openControlGroup("cpu", name);
  group.set("cpu.cfs_period_us", "100000");
  group.set("cpu.cfs_quota_us", "10000");
  group.add(pid);
  return group;
}

const importBytes = 5_000_000;
// Some 1,700 objects of three kilobytes each.
const commentChars = 1_300;

/** All of 1C's objects once more, each with a long comment, and again until so much has come through the link to 1C. */
async function importAll(run: FaultRun): Promise<void> {
  const { mesh, signal, log, bite } = run;
  const bytesTold = () => links.to("onec").reduce((sum, { counts }) => sum + counts.bytes["to client"], 0);
  const bytesBefore = bytesTold();
  while (bytesTold() - bytesBefore < importBytes) {
    const receivedBefore = await recordsReceived(mesh);
    let touched = 0;
    for (const type of ["nomenclature", "counterparty", "contact", "contract", "asset"]) {
      touched += await touchWorld(mesh, type, 1, signal, { commentChars });
    }
    await eventually(
      `${touched} records received`,
      async () => (await recordsReceived(mesh)) - receivedBefore >= touched,
      { deadlineMs: 120_000, signal },
    );
    log(`${touched} objects and ${Math.round((bytesTold() - bytesBefore) / 1_000)} KB came from 1C`);
  }
  bite("KB imported", Math.round((bytesTold() - bytesBefore) / 1_000));
}

async function recordsReceived({ databases: { registry } }: Mesh): Promise<number> {
  const [source] = await registry`select coalesce(sum(received), 0)::int as records from source_state`;
  return source?.records ?? 0;
}

/** A run of which nothing was judged before, until its end. */
async function wholeRun({ mesh: { databases }, signal, log, bite }: FaultRun): Promise<void> {
  const { monitoring: sql } = databases;
  const begun = await sql<{ id: string }[]>`select distinct run_id as id from run_chunk where ended_at is not null`;
  const ids = begun.map(({ id }) => id);
  const ended = async () => {
    const [run] = await sql<{ checks: number }[]>`
      select sum(cardinality(asset_ids))::int as checks from run join run_chunk using (run_id)
      where run.state = 'completed' and run_id <> all(${ids}::uuid[])
    `;
    return run?.checks ?? 0;
  };
  const checks = await eventually("a whole run at a tenth of a core", ended, { deadlineMs: 120_000, signal });
  log(`a whole run of ${checks} checks`);
  bite("whole run ended");
}

/** The same probe has teeth: one that really stands still does not live on. */
async function stuckIsKilled({ mesh, random, signal, bite }: FaultRun, kubelet: FakeKubelet): Promise<void> {
  const stuck = random.pick(mesh.services[random.pick(["registry", "tracking", "monitoring"] as const)]);
  stuck.pause();
  await eventually(`${stuck.name} to be killed`, () => kubelet.kills.includes(stuck.name), {
    deadlineMs: 60_000,
    signal,
  });
  await eventually(`${stuck.name} to be ready again`, () => stuck.ready(signal).then(() => true), {
    deadlineMs: 60_000,
    signal,
  });
  bite("stuck instance killed");
  provenTeeth.add(mesh);
}
