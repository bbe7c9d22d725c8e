import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceName } from "@dozor/mesh/ports";
import type { ServiceInstance } from "@dozor/mesh/service-process";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";

/** Which boundaries each service has: two of the outbox, and where it takes something in. */
const boundaries: Record<ServiceName, readonly string[]> = {
  registry: [
    "outbox.after_commit_before_publish",
    "outbox.after_publish_before_mark",
    "source.after_reply_before_commit",
    "source.after_commit_before_acknowledge",
  ],
  tracking: [
    "outbox.after_commit_before_publish",
    "outbox.after_publish_before_mark",
    "consumer.after_effect_before_ack",
    "provider.between_page_and_cursor",
  ],
  monitoring: [
    "outbox.after_commit_before_publish",
    "outbox.after_publish_before_mark",
    "consumer.after_effect_before_ack",
    "run.between_chunk_and_cursor",
  ],
};

/** F1: every service kills itself at each of its boundaries, and is started again. */
export const killedAtABoundary: Fault = {
  id: "F1",
  name: "killed at a boundary",
  bites: [...new Set(Object.values(boundaries).flat())].map((place) => `killed ${place}`),
  async inject(run) {
    run.heal(async () => await disarm(run));
    const services = Object.keys(boundaries) as ServiceName[];
    await Promise.all(services.map((service) => killAtEach(run, service)));
  },
};

/** All places are armed at once; a process that died at one is started with the rest armed, until none is left. */
async function killAtEach(run: FaultRun, service: ServiceName): Promise<void> {
  const remaining = new Map(boundaries[service].map((place) => [place, `${place}:kill@${run.random.int(1, 3)}`]));
  const instances = run.mesh.services[service];
  const struck = new Map(instances.map((instance) => [instance.name, strikesOf(run, instance).length]));
  await Promise.all(instances.map((instance) => startArmed(run, instance, remaining)));
  while (remaining.size > 0) {
    const dead = await eventually(
      `a strike at ${[...remaining.keys()].join(" or ")} in ${service}`,
      () => instances.find((instance) => !instance.isRunning()),
      { deadlineMs: 60_000, signal: run.signal },
    );
    const strikes = strikesOf(run, dead);
    const place = strikes.at(-1);
    if (place === undefined || strikes.length === struck.get(dead.name)) {
      throw new Error(`${dead.name} died, and not at a failpoint; see its log`);
    }
    struck.set(dead.name, strikes.length);
    run.bite(`killed ${place}`);
    remaining.delete(place);
    await startArmed(run, dead, remaining);
  }
}

async function startArmed(run: FaultRun, instance: ServiceInstance, places: Map<string, string>): Promise<void> {
  await instance.kill();
  instance.start(places.size === 0 ? {} : { env: { DOZOR_FAILPOINTS: [...places.values()].join(",") } });
  // It may be struck before it is ready, by a place on the way there.
  await instance.ready(run.signal).catch((error: unknown) => {
    if (instance.isRunning()) throw error;
  });
}

async function disarm({ mesh, signal }: FaultRun): Promise<void> {
  await Promise.all(
    Object.values(mesh.services).map(async (instances) => {
      for (const instance of instances) {
        await instance.kill();
        instance.start();
        await instance.ready(signal);
      }
    }),
  );
}

/** The places at which it was ever struck, in order. */
function strikesOf({ mesh }: FaultRun, { name }: ServiceInstance): string[] {
  const log = readFileSync(join(mesh.dataDir, "logs", `${name}.log`), "utf8");
  const lines = log.matchAll(/"event\.action":"failpoint\.strikes".*?"failpoint":"([a-z_.]+)"/g);
  return [...lines].flatMap(([, place]) => place ?? []);
}
