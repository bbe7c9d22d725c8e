import { join } from "node:path";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { passTime } from "../harness/pass-time.ts";
import { childrenOf } from "../harness/tools/children-of.ts";
import { openControlGroup, whyNoControlGroup } from "../harness/tools/control-group.ts";
import { type LoopDisk, mountLoopDisk, whyNoLoopDisk } from "../harness/tools/loop-disk.ts";

let disk: LoopDisk;

/** F13: the kernel kills an instance that is over its memory limit, in whatever it was doing; the disk under Postgres hardly moves. */
export const starvedOfMemoryAndDisk: Fault = {
  id: "F13",
  name: "starved of memory and disk",
  note: "the limit is set below what the instance has already, so that it is met soon, for one instance of each service at the same time; the disk is slow for six seconds",
  needs: async () => whyNoControlGroup("memory") ?? whyNoControlGroup("blkio") ?? whyNoLoopDisk(),
  bites: ["killed for its memory", "disk slowed"],
  async prepare(dataDir, stack) {
    disk = stack.use(mountLoopDisk(join(dataDir, "postgres"), 2_000));
    return { durable: true };
  },
  async inject(run) {
    await slowDisk(run);
    const limited = (["registry", "tracking", "monitoring"] as const).map((service) =>
      run.random.pick(run.mesh.services[service]),
    );
    await Promise.all(limited.map((instance) => killForMemory(run, instance)));
  },
};

async function killForMemory(
  { bite, log, signal }: FaultRun,
  instance: FaultRun["mesh"]["services"]["registry"][number],
): Promise<void> {
  using group = openControlGroup("memory", instance.name);
  log(`${instance.name} may take 2 MiB more`);
  // What it took before it came into the group is not counted there.
  group.set("memory.limit_in_bytes", String(2 * 2 ** 20));
  group.add(instance.pid());
  await eventually(`${instance.name} to be killed`, () => !instance.isRunning(), { deadlineMs: 60_000, signal });
  bite("killed for its memory", group.count("memory.oom_control", "oom_kill"));
  instance.start();
  await instance.ready(signal);
}

const bytesPerSecond = 256 * 1024;

async function slowDisk({ mesh, bite, log, signal }: FaultRun): Promise<void> {
  using group = openControlGroup("blkio", "postgres");
  log(`${bytesPerSecond} bytes a second for Postgres`);
  for (const file of ["blkio.throttle.write_bps_device", "blkio.throttle.read_bps_device"]) {
    group.set(file, `${disk.device()} ${bytesPerSecond}`);
  }
  const startedAt = performance.now();
  for (const pid of [mesh.postgres.child.pid, ...childrenOf(mesh.postgres.child.pid)]) group.add(pid);
  // A write of 1 MiB that waits for the disk takes four seconds now.
  const [took] = await Promise.all([secondsOfSyncedWrite(mesh), passTime(6_000, signal)]);
  log(`a synced write of 1 MiB took ${took.toFixed(1)} s, ${Math.round(performance.now() - startedAt)} ms into it`);
  if (took > 1) bite("disk slowed");
}

async function secondsOfSyncedWrite({ databases }: FaultRun["mesh"]): Promise<number> {
  const startedAt = performance.now();
  await databases.registry.begin(async (tx) => {
    await tx`create table if not exists public.fault_ballast (text text)`;
    await tx`insert into public.fault_ballast select string_agg(md5(random()::text), '') from generate_series(1, 32768)`;
  });
  await databases.registry`drop table public.fault_ballast`;
  return (performance.now() - startedAt) / 1_000;
}
