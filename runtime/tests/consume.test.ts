import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { headers } from "nats";
import { CountRequestSchema } from "../gen/dozor/example/v1/example_pb.ts";
import { type Consumer, type RunningConsumer, startConsumer } from "../src/consume.ts";
import type { Database } from "../src/database.ts";
import { listLetters, redriveLetters } from "../src/dead-letter-desk.ts";
import { consumerInfo, provision } from "../src/jetstream.ts";
import { silentLog } from "../src/log.ts";
import { type TestDatabase, testDatabase } from "./test-database.ts";
import { type TestNats, testNats } from "./test-nats.ts";

let db: TestDatabase;
let bus: TestNats;
let started: RunningConsumer[] = [];
beforeAll(async () => {
  db = await testDatabase();
  await db.database.sql`create table sum (total int not null)`;
});
beforeEach(async () => {
  bus = await testNats({ ackWaitMs: 3_000 });
  await provision(bus.nats, bus.topology);
  await db.database.sql`truncate runtime.inbox, runtime.dead_letter`;
  await db.database.sql`delete from sum`;
  await db.database.sql`insert into sum values (0)`;
});
afterEach(async () => {
  await Promise.all(started.map((each) => each[Symbol.asyncDispose]()));
  started = [];
  await bus[Symbol.asyncDispose]();
});
afterAll(() => db[Symbol.asyncDispose]());

type Summing = Consumer<{ batches: number[][] }, typeof CountRequestSchema>;

/** Adds up the numbers it is sent; a number from `poison` makes it fail. */
function summing(poison: Set<number> = new Set()): Summing {
  return {
    name: "sum",
    schema: CountRequestSchema,
    batchMax: 50,
    async handle({ batches }, tx, events) {
      const numbers = events.map(({ message }) => message.count);
      batches.push(numbers);
      for (const number of numbers) {
        if (poison.has(number)) throw new Error(`cannot add ${number}`);
        await tx`update sum set total = total + ${number}`;
      }
    },
  };
}

function start(consumer: Summing, database: Database = db.database): { running: RunningConsumer; batches: number[][] } {
  const context = { batches: [] as number[][] };
  const spec = { stream: bus.stream, durable: bus.durable, ackWaitMs: 3_000 };
  const options = { consumer, context, spec, topology: bus.topology, database, nats: bus.nats, log: silentLog };
  const running = startConsumer({ ...options, attemptsMax: 3, retryDelayMs: 10 });
  started.push(running);
  return { running, batches: context.batches };
}

async function send(
  numbers: readonly number[],
  ids = numbers.map(() => Bun.randomUUIDv7() as string),
): Promise<string[]> {
  for (const [index, number] of numbers.entries()) {
    const header = headers();
    header.set("Dozor-Schema", CountRequestSchema.typeName);
    const bytes = toBinary(CountRequestSchema, create(CountRequestSchema, { count: number }));
    header.set("Nats-Msg-Id", ids[index] ?? "");
    await bus.nats.jetstream.publish(`${bus.prefix}.numbers`, bytes, { headers: header });
  }
  return ids;
}

const total = async () => (await db.database.sql<{ total: number }[]>`select total from sum`)[0]?.total;
const unsettled = async () => {
  const all = { consumer: "", state: undefined };
  const letters = await listLetters(db.database.sql, all, { beforeId: Number.MAX_SAFE_INTEGER, size: 100 });
  return letters.filter(({ state }) => state === "open" || state === "retry").toReversed();
};
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const soon = () => AbortSignal.timeout(4_500);

describe("a consumer", () => {
  test("applies every message once, in batches", async () => {
    await send(range(120));
    const { running, batches } = start(summing());
    await running.drain(soon());
    expect(await total()).toBe(7_260);
    expect(batches.length).toBeLessThan(20);
  });

  test("applies a message once that was sent again, or delivered to two instances", async () => {
    const ids = await send(range(20));
    const first = start(summing());
    const second = start(summing(), await db.open());
    await first.running.drain(soon());
    await bus.nats.manager.streams.purge(bus.stream);
    await bus.nats.manager.streams.delete(bus.stream);
    await provision(bus.nats, bus.topology);
    await send(range(20), ids);
    await second.running.drain(soon());
    expect(await total()).toBe(210);
  });

  test("isolates the message that fails, keeps it as a dead letter and applies its neighbours", async () => {
    await send(range(40));
    const { running } = start(summing(new Set([7, 31])));
    await running.drain(soon());
    expect(await total()).toBe(820 - 38);
    const letters = await unsettled();
    expect(letters.map(({ reason, cause, attempts, state }) => ({ reason, cause, attempts, state }))).toEqual([
      { reason: "failed", cause: "cannot add 7", attempts: 3, state: "open" },
      { reason: "failed", cause: "cannot add 31", attempts: 3, state: "open" },
    ]);
  });

  test("keeps what it cannot decode and goes on", async () => {
    await bus.nats.jetstream.publish(`${bus.prefix}.numbers`, "\xff\xff\xff", { msgID: Bun.randomUUIDv7() });
    await bus.nats.jetstream.publish(`${bus.prefix}.numbers`, "", { msgID: "not a uuid" });
    await send([5]);
    const { running } = start(summing());
    await running.drain(soon());
    expect(await total()).toBe(5);
    expect((await unsettled()).map(({ reason }) => reason)).toEqual(["undecodable", "undecodable"]);
  });

  test("tries a dead letter again when asked to, and applies it once", async () => {
    const poison = new Set([7]);
    await send([7, 8]);
    const { running } = start(summing(poison));
    await running.drain(soon());
    expect(await total()).toBe(8);
    poison.clear();
    const [letter] = await unsettled();
    expect(await redriveLetters(db.database.sql, [letter?.id ?? 0], { actor: "test", reason: "mended" })).toBe(1);
    for (const signal = soon(); (await unsettled()).length > 0; ) signal.throwIfAborted();
    expect(await total()).toBe(15);
  });

  test("waits while Postgres breaks its connections and counts nothing against the messages", async () => {
    const victim = await db.open();
    await send(range(30));
    let broken = 0;
    const consumer = summing();
    const { running } = start(
      {
        ...consumer,
        async handle(context, tx, events, signal) {
          if (broken++ < 4) {
            const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
            await db.database.sql`select pg_terminate_backend(${row?.pid ?? 0})`;
          }
          await consumer.handle(context, tx, events, signal);
        },
      },
      victim,
    );
    await running.drain(soon());
    expect(await total()).toBe(465);
    expect(await unsettled()).toEqual([]);
  });

  test("makes its consumer again when somebody deletes it", async () => {
    const { running } = start(summing());
    await send([1]);
    await running.drain(soon());
    await bus.nats.manager.consumers.delete(bus.stream, bus.durable);
    await send([2]);
    for (const signal = soon(); (await consumerInfo(bus.nats, bus.stream, bus.durable)) === undefined; )
      signal.throwIfAborted();
    await running.drain(soon());
    expect(await total()).toBe(3);
  });

  test("gives back what it holds when it stops, so that another goes on at once", async () => {
    await send(range(60));
    const held = Promise.withResolvers<void>();
    const { running } = start({
      ...summing(),
      async handle(_context, _tx, _events, signal) {
        held.resolve();
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        throw new Error("stopped");
      },
    });
    await held.promise;
    await running[Symbol.asyncDispose]();
    const again = start(summing());
    await again.running.drain(AbortSignal.timeout(2_500));
    expect(await total()).toBe(1_830);
  });
});
