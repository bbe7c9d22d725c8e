import { durables } from "@dozor/proto/streams";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { leaseTtlMs } from "../harness/run-fault.ts";

/** F4: the server is killed and away, stops without dying, loses a consumer, loses what a stream held before anybody read it. */
export const busInterrupted: Fault = {
  id: "F4",
  name: "bus killed, stopped, consumer deleted, stream purged",
  note: "two lease terms down instead of 60 s",
  bites: ["server killed", "server stopped", "consumer deleted", "stream purged", "messages lost unread"],
  async inject(run) {
    for (const { disturb } of run.random.shuffled(busInterruptions)) await disturb(run);
  },
};

const attemptsMax = 10;

/** One by one, for whoever wants to combine them. */
export const busInterruptions = [
  { name: "NATS killed", disturb: killed },
  { name: "NATS stopped", disturb: stopped },
  { name: "consumer deleted", disturb: consumerDeleted },
  { name: "stream purged", disturb: streamPurged },
] as const;

async function killed(run: FaultRun): Promise<void> {
  await run.supervisor.killNatsFor(2 * leaseTtlMs);
  run.bite("server killed");
}

async function stopped(run: FaultRun): Promise<void> {
  await run.supervisor.pauseFor(run.mesh.nats.child, 4 * leaseTtlMs);
  run.bite("server stopped");
}

async function consumerDeleted(run: FaultRun): Promise<void> {
  const { registry, checks, facts } = run.mesh.streamNames;
  const manager = await run.mesh.jetstream();
  const [stream, durable] = run.random.pick([
    [registry, durables.monitoringAssets],
    [registry, durables.trackingAssets],
    [checks, durables.trackingChecks],
    [facts, durables.monitoringFacts],
  ] as const);
  await eventually(`${durable} to be deleted`, () => manager.consumers.delete(stream, durable), {
    deadlineMs: 20_000,
    signal: run.signal,
  });
  run.log(`deleted ${durable}`);
  run.bite("consumer deleted");
}

/** The readers stand still meanwhile, so that what is purged was read by nobody. */
async function streamPurged(run: FaultRun): Promise<void> {
  const { mesh, signal } = run;
  const [stream, durable, reader] = run.random.pick([
    [mesh.streamNames.registry, durables.monitoringAssets, "monitoring"],
    [mesh.streamNames.checks, durables.trackingChecks, "tracking"],
    [mesh.streamNames.facts, durables.monitoringFacts, "monitoring"],
  ] as const);
  const manager = await mesh.jetstream();
  // Deleted a moment ago, perhaps; its readers make it again.
  await eventually(`${durable} to exist`, () => manager.consumers.info(stream, durable), {
    deadlineMs: 30_000,
    signal,
  });
  const readers = mesh.services[reader];
  for (let attempt = 1; ; attempt += 1) {
    await run.workload.runInTheMiddle();
    for (const instance of readers) instance.pause();
    try {
      const unread = await eventually(
        `messages that ${durable} has not read`,
        async () => {
          const info = await manager.consumers.info(stream, durable);
          return info.num_pending + info.num_ack_pending;
        },
        { deadlineMs: 3_000, signal },
      );
      await manager.streams.purge(stream);
      run.log(`purged ${stream} with ${unread} messages unread`);
      run.bite("stream purged");
      run.bite("messages lost unread", unread);
      return;
    } catch (error) {
      // They may have stopped just when everything was read, and whoever stands still asks for nothing more.
      signal.throwIfAborted();
      if (attempt === attemptsMax) throw error;
    } finally {
      for (const instance of readers) instance.resume();
    }
  }
}
