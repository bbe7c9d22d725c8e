import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { eventually } from "@dozor/testkit/eventually";
import type { Database } from "../src/database.ts";
import { provision } from "../src/jetstream.ts";
import { silentLog } from "../src/log.ts";
import { outboxAppend } from "../src/outbox.ts";
import { claimLanes, markPublished } from "../src/outbox-lanes.ts";
import { type OutboxRelay, startOutboxRelay } from "../src/outbox-relay.ts";
import { type TestDatabase, testDatabase } from "./test-database.ts";
import { type TestNats, testNats } from "./test-nats.ts";

let db: TestDatabase;
let bus: TestNats;
beforeAll(async () => {
  db = await testDatabase();
});
beforeEach(async () => {
  await bus?.[Symbol.asyncDispose]();
  bus = await testNats({ maxBytes: 200_000 });
  await provision(bus.nats, bus.topology);
  await db.database.sql`truncate runtime.outbox, runtime.outbox_stream`;
  await db.database.sql`update runtime.outbox_lane set owner = null, claimed_until = '-infinity'`;
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
});

function relay(database: Database = db.database): OutboxRelay {
  const subjectOf = (topic: string, lane: number) =>
    topic === "elsewhere" ? `nowhere.${lane}` : `${bus.prefix}.${topic}.${lane}`;
  return startOutboxRelay({
    database,
    nats: bus.nats,
    topology: bus.topology,
    subjectOf,
    log: silentLog,
    batchMax: 50,
  });
}

const messages = (count: number, bytes = 10) =>
  Array.from({ length: count }, (_, index) => ({
    topic: "asset",
    key: `k${index % 10}`,
    schema: "test.v1.Asset",
    payload: new Uint8Array(bytes).fill(index),
  }));

const append = (count: number, bytes?: number) =>
  db.database.transaction("test.append", (tx) => outboxAppend(tx, messages(count, bytes)));

async function idsInStream(): Promise<string[]> {
  const { state } = await bus.nats.manager.streams.info(bus.stream);
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
    // Rejects for a message that was deleted.
    const message = await bus.nats.manager.streams.getMessage(bus.stream, { seq }).catch(() => undefined);
    if (message !== undefined) ids.push(message.header.get("Nats-Msg-Id"));
  }
  return ids;
}

async function idsInOutbox(): Promise<string[]> {
  return (await db.database.sql<{ id: string }[]>`select id from runtime.outbox order by id`).map(({ id }) => id);
}

describe("the outbox", () => {
  test("publishes what was committed once, in order of each key, and nothing of what was rolled back", async () => {
    await append(120);
    const rolledBack = db.database.transaction("test.roll_back", async (tx) => {
      await outboxAppend(tx, messages(5));
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    await using running = relay();
    await running.drain(AbortSignal.timeout(4_000));
    const published = await idsInStream();
    expect(published.toSorted()).toEqual(await idsInOutbox());
    const rows = await db.database.sql<
      { id: string }[]
    >`select id from runtime.outbox where key = 'k3' order by position`;
    const ofKey = new Set(rows.map(({ id }) => id));
    expect(published.filter((id) => ofKey.has(id))).toEqual([...ofKey]);
  });

  test("is published by two relays without a message twice", async () => {
    await using _first = relay();
    await using second = relay(await db.open());
    await Promise.all([append(100), append(100), append(100)]);
    await second.drain(AbortSignal.timeout(4_000));
    expect((await idsInStream()).toSorted()).toEqual(await idsInOutbox());
  });

  test("is published once although a relay died between publishing and marking", async () => {
    await append(30);
    const rows = await db.database.sql<{ id: string; lane: number }[]>`select id, lane from runtime.outbox`;
    for (const { id, lane } of rows)
      await bus.nats.jetstream.publish(`${bus.prefix}.asset.${lane}`, "x", { msgID: id });
    await using running = relay();
    await running.drain(AbortSignal.timeout(4_000));
    expect((await idsInStream()).toSorted()).toEqual(await idsInOutbox());
  });

  test("is not marked by a relay whose lanes were taken over in the meantime", async () => {
    await append(10);
    const ids = await idsInOutbox();
    const stale = await claimLanes(db.database, "sleeper", 15_000);
    expect(stale.size).toBe(8);
    await db.database.sql`update runtime.outbox_lane set claimed_until = clock_timestamp() - interval '1 second'`;
    expect((await claimLanes(db.database, "other", 15_000)).size).toBe(8);
    expect(await claimLanes(db.database, "sleeper", 15_000)).toEqual(new Map());
    expect(await markPublished(db.database, "sleeper", stale, ids)).toBe(0);
  });

  test("waits while the stream is full and goes on when there is room", async () => {
    await append(60, 10_000);
    await using running = relay();
    const full = await running.drain(AbortSignal.timeout(700)).then(
      () => "drained",
      () => "waiting",
    );
    expect(full).toBe("waiting");
    expect(await waiting()).toBeGreaterThan(0);
    const roomier = bus.topology.streams.map((stream) => ({ ...stream, maxBytes: 10_000_000 }));
    await provision(bus.nats, { streams: roomier, consumers: [] });
    await running.drain(AbortSignal.timeout(4_000));
    expect((await idsInStream()).toSorted()).toEqual(await idsInOutbox());
  });

  test("fills a stream again which was lost with its messages", async () => {
    await append(20);
    {
      await using running = relay();
      await running.drain(AbortSignal.timeout(4_000));
    }
    await db.database.sql`
      insert into runtime.outbox_stream select ${bus.stream}, now() - interval '1 day'
      on conflict (name) do update set made_at = excluded.made_at`;
    await bus.nats.manager.streams.delete(bus.stream);
    await provision(bus.nats, bus.topology);
    const elsewhere = [{ topic: "elsewhere", key: "k", schema: "test.v1.Other", payload: new Uint8Array(1) }];
    await db.database.transaction("test.append", (tx) => outboxAppend(tx, elsewhere));
    await db.database.sql`update runtime.outbox set published_at = now() - interval '1 hour' where topic = 'elsewhere'`;
    await using again = relay();
    const filled = async () => (await idsInStream()).length === 20;
    for (const deadline = performance.now() + 4_000; !(await filled()) && performance.now() < deadline; )
      await again.drain();
    const rows = await db.database.sql<
      { id: string }[]
    >`select id from runtime.outbox where topic = 'asset' order by id`;
    expect((await idsInStream()).toSorted()).toEqual(rows.map(({ id }) => id));
  });

  test("fills a stream again which was purged, although the stream remembers what it held", async () => {
    await append(20);
    {
      await using running = relay();
      await running.drain(AbortSignal.timeout(4_000));
    }
    await bus.nats.manager.streams.purge(bus.stream);
    await append(3);
    await using again = relay();
    const identities = async () => (await idsInStream()).map((id) => id.split("/")[0] ?? "");
    const filled = async () => new Set(await identities()).size === 23;
    for (const deadline = performance.now() + 4_000; !(await filled()) && performance.now() < deadline; )
      await again.drain();
    expect([...new Set(await identities())].toSorted()).toEqual(await idsInOutbox());
  });

  test("publishes again what was deleted from the middle of a stream, once", async () => {
    const looked = async () => {
      await using running = relay();
      await running.drain(AbortSignal.timeout(4_000));
    };
    await append(20);
    await looked();
    for (const sequence of [5, 6, 7]) await bus.nats.manager.streams.deleteMessage(bus.stream, sequence);
    const identities = async () => (await idsInStream()).map((id) => id.split("/")[0] ?? "");
    expect(new Set(await identities()).size).toBe(17);
    await eventually("the gap filled", async () => {
      await looked();
      return new Set(await identities()).size === 20;
    });
    expect([...new Set(await identities())].toSorted()).toEqual(await idsInOutbox());
    const count = (await idsInStream()).length;
    await looked();
    expect(await idsInStream()).toHaveLength(count);
  });

  test("publishes again what a server that was started anew may not have kept, and only then", async () => {
    const looked = async () => {
      await using running = relay();
      await eventually("a look at the server", async () => {
        const [row] = await db.database.sql`select from runtime.outbox_stream where server_id <> 'another'`;
        return row !== undefined;
      });
      await running.drain(AbortSignal.timeout(4_000));
    };
    await looked();
    await append(5);
    // As after a power cut: acknowledged and marked, and not in the stream.
    await db.database.sql`update runtime.outbox set published_at = now()`;
    await looked();
    expect(await idsInStream()).toEqual([]);
    await db.database.sql`update runtime.outbox_stream set server_id = 'another'`;
    await using again = relay();
    await eventually("the stream filled again", async () => (await idsInStream()).length === 5);
    await again.drain(AbortSignal.timeout(4_000));
    expect((await idsInStream()).toSorted()).toEqual(await idsInOutbox());
  });

  test("makes a missing stream itself", async () => {
    await bus.nats.manager.streams.delete(bus.stream);
    await append(5);
    await using running = relay();
    await running.drain(AbortSignal.timeout(4_000));
    expect(await idsInStream()).toHaveLength(5);
  });
});

async function waiting(): Promise<number> {
  return (await db.database.sql`select 1 from runtime.outbox where published_at is null`).length;
}
