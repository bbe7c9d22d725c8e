import type { StreamNames } from "@dozor/proto/streams";
import { topology } from "@dozor/proto/streams";
import type { JetStreamManager } from "nats";
import type postgres from "postgres";
import { type ServiceName, serviceNames } from "./ports.ts";

export type DrainTarget = {
  databases: Record<ServiceName, postgres.Sql | postgres.TransactionSql>;
  jetstream: () => Promise<JetStreamManager>;
  streamNames: StreamNames;
};
/** What still waits: empty when the mesh is at rest. */
export type Backlog = string[];

/**
 * Waits until nothing moves any more: every outbox published, every consumer at the end of its stream, no run open.
 *
 * @throws after the deadline, naming what still waits: a backlog that does not drain by itself is a fault
 */
export async function drain(
  target: DrainTarget,
  { deadlineMs = 60_000, signal }: { deadlineMs?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (let waitMs = 20; ; waitMs = Math.min(waitMs * 1.5, 300)) {
    signal?.throwIfAborted();
    const backlog = await backlogOf(target);
    if (backlog.length === 0) return;
    if (performance.now() > deadline) throw new Error(`drain the mesh: after ${deadlineMs} ms ${backlog.join(", ")}`);
    await Bun.sleep(waitMs);
  }
}

/**
 * A message leaves the outbox before its consumer counts it, and its effect is committed before it is acknowledged. So rest is:
 * consumers idle, then outboxes empty, then consumers idle with no message written to any stream in between.
 */
export async function backlogOf(target: DrainTarget): Promise<Backlog> {
  const before = await lookAtStreams(target);
  const stored = await Promise.all(serviceNames.map((service) => waitingRows(service, target.databases[service])));
  const after = await lookAtStreams(target);
  const moved = before.lastSequences === after.lastSequences ? [] : ["messages are being written"];
  return [...new Set([...before.waiting, ...stored.flat(), ...after.waiting, ...moved])];
}

async function lookAtStreams(target: DrainTarget): Promise<{ waiting: string[]; lastSequences: string }> {
  const manager = await target.jetstream();
  const { streams, consumers } = topology(target.streamNames, { replicas: 1, leaseTtlMs: 30_000 });
  const waiting = await Promise.all(
    consumers.map(async ({ stream, durable }) => {
      const { num_pending, num_ack_pending } = await manager.consumers.info(stream, durable);
      const count = num_pending + num_ack_pending;
      return count > 0 ? [`${durable} has ${count} messages`] : [];
    }),
  );
  const sequences = await Promise.all(
    streams.map(async ({ name }) => (await manager.streams.info(name)).state.last_seq),
  );
  return { waiting: waiting.flat(), lastSequences: sequences.join() };
}

async function waitingRows(service: ServiceName, sql: postgres.Sql | postgres.TransactionSql): Promise<string[]> {
  const [outbox] = await sql`select count(*)::int as count from runtime.outbox where published_at is null`;
  const waiting = outbox?.count > 0 ? [`the outbox of ${service} has ${outbox?.count} rows`] : [];
  if (service === "registry") {
    const [marked] = await sql`select count(*)::int as count from pending_snapshot`;
    if (marked?.count > 0) waiting.push(`${marked?.count} snapshots are to be published`);
    const [lanes] = await sql`
      select count(*)::int as count from integration_lane l
      where not is_blocked and not exists (
        select from integration_pause p where p.direction = 2 and p.source = l.source and p.object_id in ('', l.object_id)
      )`;
    if (lanes?.count > 0) waiting.push(`${lanes?.count} objects wait to be delivered`);
  }
  if (service === "monitoring") {
    const [open] = await sql`select count(*)::int as count from run where state in ('planning', 'checking')`;
    if (open?.count > 0) waiting.push(`${open?.count} run is open`);
  }
  return waiting;
}
