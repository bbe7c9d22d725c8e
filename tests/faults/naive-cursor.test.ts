import { expect, test } from "bun:test";
import type { Database } from "@dozor/runtime/database";
import { provision } from "@dozor/runtime/jetstream";
import { silentLog } from "@dozor/runtime/log";
import { runtimeMigrations } from "@dozor/runtime/migrate";
import { connectNats } from "@dozor/runtime/nats-connection";
import { outboxAppend } from "@dozor/runtime/outbox";
import { startOutboxRelay } from "@dozor/runtime/outbox-relay";
import { testDatabase } from "@dozor/testkit/database";
import { testNats } from "@dozor/testkit/nats";

// A position is given before its commit: of two transactions at once the later position may be committed first.

test("a relay with a cursor loses what was committed late, and ours publishes it", async () => {
  await using db = await testDatabase([runtimeMigrations]);
  await using corner = await testNats();
  const read = naiveReader(db.database);
  const slow = await openAppend(db.database);
  await db.database.transaction("test.fast", (tx) => outboxAppend(tx, [message("fast")]));
  const seen = await read();
  await slow.commit();
  seen.push(...(await read()));
  const committed = (await db.sql<{ id: string }[]>`select id from runtime.outbox order by id`).map(({ id }) => id);
  expect(committed).toHaveLength(2);
  expect(notAmong(committed, seen), "the control: a cursor must lose a row here").toHaveLength(1);

  await using nats = await connectNats({ url: corner.url, name: corner.prefix, log: silentLog });
  const topology = { streams: [{ name: corner.prefix, subjects: [`${corner.subjectPrefix}.>`] }], consumers: [] };
  await provision(nats, topology);
  const subjectOf = (topic: string, lane: number) => `${corner.subjectPrefix}.${topic}.${lane}`;
  await using relay = startOutboxRelay({ database: db.database, nats, topology, subjectOf, log: silentLog });
  await relay.drain(AbortSignal.timeout(20_000));
  const { state } = await nats.manager.streams.info(corner.prefix);
  const published: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    published.push((await nats.manager.streams.getMessage(corner.prefix, { seq })).header.get("Nats-Msg-Id"));
  }
  expect(notAmong(committed, published)).toEqual([]);
});

/** What our relay must never be: it remembers the highest position and asks for what lies behind it. */
function naiveReader({ sql }: Database): () => Promise<string[]> {
  let lastSeen = 0;
  return async () => {
    const rows = await sql<{ id: string; position: number }[]>`
      select id, position from runtime.outbox where position > ${lastSeen} order by position
    `;
    lastSeen = rows.at(-1)?.position ?? lastSeen;
    return rows.map(({ id }) => id);
  };
}

/** A transaction that has written its message, and commits when told to. */
async function openAppend(database: Database): Promise<{ commit(): Promise<void> }> {
  const written = Promise.withResolvers<void>();
  const allowed = Promise.withResolvers<void>();
  const transaction = database.transaction("test.slow", async (tx) => {
    await outboxAppend(tx, [message("slow")]);
    written.resolve();
    await allowed.promise;
  });
  await written.promise;
  return {
    async commit() {
      allowed.resolve();
      await transaction;
    },
  };
}

function message(key: string) {
  return { topic: "asset", key, schema: "test.v1.Asset", payload: new Uint8Array([1]) };
}

/** The oracle of lost, as Jepsen's total-queue has it: what was committed and never came. */
function notAmong(committed: readonly string[], seen: readonly string[]): string[] {
  return committed.filter((id) => !seen.includes(id));
}
