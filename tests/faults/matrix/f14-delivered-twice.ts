import { topology } from "@dozor/proto/streams";
import { connect, type Msg, nanos } from "nats";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { passTime } from "../harness/pass-time.ts";
import { leaseTtlMs } from "../harness/run-fault.ts";
import { withoutDuplicateWindow } from "../harness/streams.ts";

const copyHeader = "Dozor-Fault-Copy";
const lastsMs = 12_000;

/** F14: every message comes a second time, later and in another order, and deliveries that are not acknowledged within a second come again. */
export const deliveredTwice: Fault = {
  id: "F14",
  name: "every message delivered twice and shuffled, ack_wait 1 s",
  bites: ["copies stored", "delivered again after ack_wait", "duplicates refused"],
  async inject(run) {
    await withoutDuplicateWindow(run);
    await withAckWait(run, 1_000);
    const refusedBefore = await duplicatesRefused(run);
    const deliveredBefore = await redeliveries(run);
    await using copier = await copyEverything(run);
    const endsAt = performance.now() + lastsMs;
    while (performance.now() < endsAt) {
      // Longer than the acknowledgement may take: what this instance holds goes to the other one.
      const instance = run.random.pick([...run.mesh.services.tracking, ...run.mesh.services.monitoring]);
      await run.supervisor.pauseFor(instance, 1_500);
      await passTime(run.random.int(100, 500), run.signal);
    }
    run.bite("copies stored", copier.count());
    run.bite("delivered again after ack_wait", (await redeliveries(run)) - deliveredBefore);
    run.bite("duplicates refused", (await duplicatesRefused(run)) - refusedBefore);
  },
};

/** Publishes a copy of each message under the same id, a moment later, in batches that are shuffled. */
async function copyEverything({ mesh, random }: FaultRun): Promise<AsyncDisposable & { count(): number }> {
  const connection = await connect({ servers: mesh.nats.url, name: "dozor-fault-copier" });
  const held: Msg[] = [];
  let count = 0;
  const publishHeld = () => {
    for (const message of random.shuffled(held.splice(0))) {
      if (message.headers === undefined) continue;
      message.headers.set(copyHeader, "1");
      connection.publish(message.subject, message.data, { headers: message.headers });
      count += 1;
    }
  };
  connection.subscribe(`${mesh.streamNames.subjectPrefix}.>`, {
    callback(error, message) {
      if (error === null && message.headers?.has("Nats-Msg-Id") && !message.headers.has(copyHeader)) held.push(message);
    },
  });
  const timer = setInterval(publishHeld, 400);
  return {
    count: () => count,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      publishHeld();
      await connection.drain();
    },
  };
}

async function withAckWait({ mesh, heal }: FaultRun, ackWaitMs: number): Promise<void> {
  const manager = await mesh.jetstream();
  const consumers = consumersOf(mesh);
  heal(async () => {
    for (const { stream, durable, ackWaitMs: declaredMs } of consumers) {
      await manager.consumers.update(stream, durable, { ack_wait: nanos(declaredMs) });
    }
  });
  for (const { stream, durable } of consumers) {
    await manager.consumers.update(stream, durable, { ack_wait: nanos(ackWaitMs) });
  }
}

function consumersOf({ streamNames }: FaultRun["mesh"]) {
  return topology(streamNames, { replicas: 1, leaseTtlMs }).consumers;
}

/** Deliveries beyond one per message. */
async function redeliveries({ mesh }: FaultRun): Promise<number> {
  const manager = await mesh.jetstream();
  let count = 0;
  for (const { stream, durable } of consumersOf(mesh)) {
    const { delivered } = await manager.consumers.info(stream, durable);
    count += delivered.consumer_seq - delivered.stream_seq;
  }
  return count;
}

async function duplicatesRefused({ mesh }: FaultRun): Promise<number> {
  const texts = await Promise.all(
    [...mesh.services.tracking, ...mesh.services.monitoring].map(async ({ httpUrl }) =>
      (await fetch(`${httpUrl}/metrics`, { signal: AbortSignal.timeout(10_000) })).text(),
    ),
  );
  const values = texts.flatMap((text) => [...text.matchAll(/^inbox_duplicate_messages_total\{[^}]*\} (\d+)/gm)]);
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}
