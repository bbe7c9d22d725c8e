import { createInbox, headers } from "nats";
import type { OutboxRelayOptions } from "../src/outbox-relay.ts";
import { pause } from "../src/wait.ts";

/** A relay as one would first write it, and wrongly: by a position that it remembers, or marking before it publishes. */
export function nakedRelay(options: OutboxRelayOptions, { by }: { by: "cursor" | "mark first" }): AsyncDisposable {
  const stop = new AbortController();
  const take = by === "cursor" ? takeByCursor(options) : () => takeByMark(options);
  /** Whoever is killed meets closed connections, and that is its end. */
  const run = async () => {
    while (!stop.signal.aborted) {
      for (const row of await take()) publish(options, row);
      await pause(5, stop.signal);
    }
  };
  const running = run().catch(() => {});
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

type Row = { id: string; lane: number; topic: string; payload: Uint8Array };

function takeByCursor({ database: { sql } }: OutboxRelayOptions): () => Promise<Row[]> {
  let cursor: number | undefined;
  return async () => {
    const [known] = await sql<{ position: number }[]>`
      select coalesce(max(position), 0) as position from runtime.outbox where published_at is not null`;
    cursor ??= known?.position ?? 0;
    const rows = await sql<(Row & { position: number })[]>`
      select id, lane, topic, payload, position from runtime.outbox where position > ${cursor} order by position limit 20`;
    cursor = rows.at(-1)?.position ?? cursor;
    await sql`update runtime.outbox set published_at = now() where id = any(${rows.map(({ id }) => id)}::uuid[])`;
    return rows;
  };
}

async function takeByMark({ database: { sql } }: OutboxRelayOptions): Promise<Row[]> {
  return await sql<
    Row[]
  >`update runtime.outbox set published_at = now() where published_at is null returning id, lane, topic, payload`;
}

function publish({ nats, subjectOf }: OutboxRelayOptions, { id, lane, topic, payload }: Row): void {
  const header = headers();
  header.set("Nats-Msg-Id", id);
  nats.connection.publish(subjectOf(topic, lane), payload, { headers: header, reply: createInbox() });
}
