import { eventually } from "@dozor/testkit/eventually";
import { type FakeKubelet, startFakeKubelet } from "../harness/fake-kubelet.ts";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { touchWorld } from "../harness/simulated-world.ts";
import { type ControlGroup, openControlGroup, whyNoControlGroup } from "../harness/tools/control-group.ts";

/** F3: each instance has a tenth of a core while a whole run goes and everything comes from 1C again; its heart must beat all the same. */
export const starvedOfProcessor: Fault = {
  id: "F3",
  name: "starved of processor",
  note: "probed every second instead of every ten, with a timeout of one second and three failures in a row, as Kubernetes would at its defaults",
  needs: async () => whyNoControlGroup("cpu"),
  mesh: { assets: 1_000 },
  bites: ["throttled", "liveness answered", "records imported", "a run ended", "stuck instance killed"],
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
    const before = await work(run);
    await importAgain(run, before.records);
    await eventually("a run to end at a tenth of a core", async () => (await work(run)).runs > before.runs, {
      deadlineMs: 120_000,
      signal: run.signal,
    });
    const after = await work(run);
    run.bite("records imported", after.records - before.records);
    run.bite("a run ended", after.runs - before.runs);
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
    await stuckIsKilled(run, kubelet);
  },
};

function tenthOfACore(name: string, pid: number): ControlGroup {
  const group = openControlGroup("cpu", name);
  group.set("cpu.cfs_period_us", "100000");
  group.set("cpu.cfs_quota_us", "10000");
  group.add(pid);
  return group;
}

const importRounds = 4;
const recordsPerRound = 1_500;

/** All of 1C's objects once more, some 5 MB of JSON in all. */
async function importAgain(run: FaultRun, receivedBefore: number): Promise<void> {
  for (let round = 1; round <= importRounds; round += 1) {
    for (const type of ["nomenclature", "counterparty", "contact", "contract", "asset"]) {
      await touchWorld(run.mesh, type, 1, run.signal);
    }
    const isReceived = async () => (await work(run)).records - receivedBefore >= round * recordsPerRound;
    await eventually(`${round * recordsPerRound} records received`, isReceived, {
      deadlineMs: 120_000,
      signal: run.signal,
    });
  }
}

async function work({ mesh }: FaultRun): Promise<{ records: number; runs: number }> {
  const [source] = await mesh.databases.registry`select coalesce(sum(received), 0)::int as records from source_state`;
  const [run] = await mesh.databases.monitoring`select count(*)::int as runs from run where state = 'completed'`;
  return { records: source?.records ?? 0, runs: run?.runs ?? 0 };
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
}
