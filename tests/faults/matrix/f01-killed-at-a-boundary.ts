import { type ServiceName, serviceNames } from "@dozor/mesh/ports";
import type { ServiceInstance } from "@dozor/mesh/service-process";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { strikesOf } from "../harness/strikes.ts";

/** Which boundaries each service has: two of the outbox, where it takes something in, and where it hands something out. */
const boundaries: Record<ServiceName, readonly string[]> = {
  registry: [
    "outbox.after_commit_before_publish",
    "outbox.after_publish_before_mark",
    "source.after_reply_before_commit",
    "source.after_commit_before_acknowledge",
    "deliver.after_claim_before_send",
    "deliver.after_send_before_settle",
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
  bites: [
    ...[...new Set(Object.values(boundaries).flat())].map((place) => `killed ${place}`),
    "messages left in flight",
  ],
  async inject(run) {
    await Promise.all(serviceNames.map((service) => killAtEach(run, service)));
  },
};

/** The places are dealt out between the instances; whoever is through with its own is armed with those of the other too, until none is left. */
async function killAtEach(run: FaultRun, service: ServiceName): Promise<void> {
  const instances = run.mesh.services[service];
  const places = run.random.shuffled(boundaries[service]);
  const remaining = new Map(places.map((place) => [place, `${place}:kill@${hitOf(run, place)}`]));
  const armed = new Set<ServiceInstance>();
  const disarm = () => Promise.all([...armed].map((instance) => startArmed(run, instance, [])));
  const armOf = (place: string) => remaining.get(place) ?? [];
  run.heal(async () => void (await disarm()));
  await Promise.all(
    instances.map((instance, index) => {
      const dealt = places.filter((_, at) => at % instances.length === index);
      return killUntilNoneIsLeft(run, instance, remaining, async () => {
        const own = dealt.flatMap(armOf);
        const arms = own.length > 0 ? own : places.flatMap(armOf);
        if (arms.length > 0) armed.add(instance);
        else armed.delete(instance);
        await startArmed(run, instance, arms);
      });
    }),
  );
  await disarm();
  armed.clear();
}

async function killUntilNoneIsLeft(
  run: FaultRun,
  instance: ServiceInstance,
  remaining: Map<string, string>,
  arm: () => Promise<void>,
): Promise<void> {
  const { signal, log, bite } = run;
  let struckBefore = strikesOf(run.mesh, instance).length;
  await arm();
  while (remaining.size > 0) {
    await eventually(
      `a strike at ${[...remaining.keys()].join(" or ")} in ${instance.service}`,
      () => !instance.isRunning() || remaining.size === 0,
      { deadlineMs: 120_000, signal },
    );
    if (instance.isRunning()) return;
    const struck = strikesOf(run.mesh, instance);
    const place = struck.at(-1);
    if (place === undefined || struck.length === struckBefore) {
      throw new Error(`${instance.name} died, and not at a failpoint; see its log`);
    }
    struckBefore = struck.length;
    log(`${instance.name} killed ${place}`);
    bite(`killed ${place}`);
    if (place.startsWith("deliver.")) bite("messages left in flight", await leftInFlight(run));
    remaining.delete(place);
    await arm();
  }
}

/** The first time is the one that surely has something in hand: later claims of the same round may be empty. */
function hitOf({ random }: FaultRun, place: string): number {
  return place === "deliver.after_claim_before_send" ? 1 : random.int(1, 3);
}

/** Claimed, and nobody has written what became of it. */
async function leftInFlight({ mesh }: FaultRun): Promise<number> {
  const { registry } = mesh.databases;
  const [lanes] = await registry`select count(*)::int as count from integration_lane where claimed_epoch is not null`;
  return lanes?.count ?? 0;
}

async function startArmed(run: FaultRun, instance: ServiceInstance, places: readonly string[]): Promise<void> {
  await instance.kill();
  instance.start(places.length === 0 ? {} : { env: { DOZOR_FAILPOINTS: places.join(",") } });
  // It may be struck before it is ready, by a place on the way there.
  await instance.ready(run.signal).catch((error: unknown) => {
    if (instance.isRunning()) throw error;
  });
}
