import { eventually } from "@dozor/testkit/eventually";
import { createInbox, type NatsConnection, type PublishOptions } from "nats";
import { type Database, openDatabase } from "../src/database.ts";
import { provision } from "../src/jetstream.ts";
import { silentLog } from "../src/log.ts";
import { connectNats, type Nats } from "../src/nats-connection.ts";
import { outboxAppend } from "../src/outbox.ts";
import type { OutboxRelayOptions } from "../src/outbox-relay.ts";
import { testDatabase } from "./test-database.ts";
import { testNats } from "./test-nats.ts";

export type StartRelay = (options: OutboxRelayOptions) => AsyncDisposable;
export type Relay = { stop(): Promise<void>; kill(): Promise<void> };
export type OutboxWorld = Awaited<ReturnType<typeof startOutboxWorld>>;
type Faults = { faultShare: number; faultSeed: number };
type Writing = { keys: readonly string[]; delayMs: number; isRolledBack: boolean };

/** An outbox whose rows say key and version, and for each story a stream of its own. */
export async function startOutboxWorld() {
  const db = await testDatabase();
  const { sql } = db.database;
  await sql`create table thing (key text primary key, version bigint not null)`;
  /** What killed relays still do by themselves: one may wait for answers that cannot come any more. */
  const dying: Promise<unknown>[] = [];
  return {
    async begin(startRelay: StartRelay, faults: Faults) {
      await forgetAll(db.database);
      return await beginStory(db, startRelay, faults, dying);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(dying);
      await db[Symbol.asyncDispose]();
    },
  };
}

async function forgetAll({ sql }: Database): Promise<void> {
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'runtime' and tablename like 'outbox%' and tablename <> 'outbox_lane'`;
  for (const { name } of tables) await sql`delete from runtime.${sql(name)}`;
  await sql`delete from thing`;
  await sql`update runtime.outbox_lane set owner = null, claimed_until = '-infinity'`;
}

async function beginStory(
  db: { url: string; database: Database },
  startRelay: StartRelay,
  faults: Faults,
  dying: Promise<unknown>[],
) {
  await using stack = new AsyncDisposableStack();
  const bus = stack.use(await testNats());
  await provision(bus.nats, bus.topology);
  const random = randomOf(faults.faultSeed);
  let faultShare = faults.faultShare;
  const draw = (): Fault => {
    const drawn = random();
    if (drawn >= faultShare) return "none";
    return drawn < faultShare / 2 ? "refused" : "stored and not said";
  };
  const { sql } = db.database;
  const owned = stack.move();

  /** A process of its own as far as others can tell: its connections are nobody else's. */
  async function start(): Promise<Relay> {
    const database = await openDatabase({ url: db.url, applicationName: "relay", poolMax: 3 });
    const nats = await connectNats({ url: bus.url, name: "relay", log: silentLog });
    const relay = startRelay({
      database,
      nats: { ...nats, connection: faultyConnection(nats.connection, draw) },
      topology: bus.topology,
      subjectOf: (topic, lane) => `${bus.prefix}.${topic}.${lane}`,
      log: silentLog,
      batchMax: 20,
      pollMs: 20,
    });
    let isOver = false;
    const end = async (inOrder: (() => PromiseLike<unknown>)[]) => {
      if (isOver) return;
      isOver = true;
      for (const each of inOrder) await each();
    };
    const stop = () =>
      end([
        () => relay[Symbol.asyncDispose](),
        () => nats[Symbol.asyncDispose](),
        () => database[Symbol.asyncDispose](),
      ]);
    owned.defer(stop);
    return {
      stop,
      kill: () =>
        end([
          async () => {
            // Its connections go first, so that it neither ends what it does nor gives its lanes back.
            dying.push(nats.connection.close(), Promise.resolve(database[Symbol.asyncDispose]()));
            dying.push(
              (async () => {
                await relay[Symbol.asyncDispose]();
                await nats[Symbol.asyncDispose]();
              })(),
            );
          },
        ]),
    };
  }

  return {
    startRelay: start,
    write: (writing: Writing) => write(db.database, writing),
    heal: () => {
      faultShare = 0;
    },
    /** What the stream says after everything that waits had its chance; the lanes of the dead are given up as when their time ran out. */
    async problems(): Promise<string[]> {
      await sql`update runtime.outbox_lane set claimed_until = '-infinity'`;
      const last = await start();
      const arrived = await eventually(
        "everything committed to arrive",
        async () => {
          const messages = await readStream(bus.nats, bus.stream);
          const rows = await sql`select from runtime.outbox where published_at is null`;
          return rows.length === 0 && (await unseen(db.database, messages)).length === 0 ? messages : undefined;
        },
        { deadlineMs: 4_000 },
      ).catch(() => readStream(bus.nats, bus.stream));
      await last.stop();
      return await problemsOf(db.database, arrived);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Every key of the writer becomes one version newer, and its message says so, after the writer has taken its time. */
async function write(database: Database, { keys, delayMs, isRolledBack }: Writing): Promise<void> {
  const written = database.transaction("test.write", async (tx) => {
    const rows = await tx<{ key: string; version: number }[]>`
      insert into thing (key, version) select key, 1 from unnest(${[...new Set(keys)].toSorted()}::text[]) as key
      on conflict (key) do update set version = thing.version + 1 returning key, version`;
    await outboxAppend(
      tx,
      rows.map(({ key, version }) => ({
        ...{ topic: "thing", key, schema: "test.v1.Thing" },
        payload: new TextEncoder().encode(`${key} ${version}`),
      })),
    );
    // Its rows have their places by now, and others commit before it.
    await tx`select pg_sleep(${delayMs / 1_000})`;
    if (isRolledBack) throw new RolledBack();
  });
  await written.catch((error: unknown) => {
    if (!(error instanceof RolledBack)) throw error;
  });
}

class RolledBack extends Error {}

type Arrival = { id: string; key: string; version: number };

async function readStream({ manager }: Nats, stream: string): Promise<Arrival[]> {
  const { state } = await manager.streams.info(stream);
  const arrivals: Arrival[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
    const { header, data } = await manager.streams.getMessage(stream, { seq });
    const [key = "", version = ""] = new TextDecoder().decode(data).split(" ");
    arrivals.push({ id: header.get("Nats-Msg-Id").split("/")[0] ?? "", key, version: Number(version) });
  }
  return arrivals;
}

async function unseen({ sql }: Database, arrived: readonly Arrival[]): Promise<string[]> {
  const seen = new Set(arrived.map(({ id }) => id));
  const rows = await sql<{ id: string; what: string }[]>`
    select id, convert_from(payload, 'utf8') as what from runtime.outbox order by position`;
  return rows.flatMap(({ id, what }) => (seen.has(id) ? [] : [what]));
}

async function problemsOf(database: Database, arrived: readonly Arrival[]): Promise<string[]> {
  const { sql } = database;
  const committed = new Set((await sql<{ id: string }[]>`select id from runtime.outbox`).map(({ id }) => id));
  const unmarked = await sql`select from runtime.outbox where published_at is null`;
  const things = await sql<{ key: string; version: number }[]>`select key, version from thing`;
  /** As a consumer keeps it, which takes nothing that is not newer. */
  const kept = new Map<string, number>();
  for (const { key, version } of arrived) kept.set(key, Math.max(version, kept.get(key) ?? 0));
  return [
    ...(await unseen(database, arrived)).map((what) => `${what} never arrived`),
    ...arrived
      .filter(({ id }) => !committed.has(id))
      .map(({ key, version }) => `${key} ${version} was rolled back and arrived`),
    ...things
      .filter(({ key, version }) => kept.get(key) !== version)
      .map(({ key }) => `${key} is kept as ${kept.get(key)}`),
    ...(unmarked.length === 0 ? [] : [`${unmarked.length} messages are not marked`]),
  ];
}

type Fault = "none" | "refused" | "stored and not said";

/** A stream that refuses, or stores and answers with an error: for who asked, both are the same. */
function faultyConnection(connection: NatsConnection, draw: () => Fault): NatsConnection {
  const refusal = JSON.stringify({ error: { code: 503, err_code: 10_077, description: "maximum messages exceeded" } });
  const publish = (subject: string, payload?: Uint8Array, options: PublishOptions = {}): void => {
    const fault = options.reply === undefined ? "none" : draw();
    if (fault === "none") connection.publish(subject, payload, options);
    if (fault === "stored and not said") connection.publish(subject, payload, { ...options, reply: createInbox() });
    if (fault !== "none") connection.publish(options.reply ?? "", refusal);
  };
  return new Proxy(connection, {
    get(target, name) {
      if (name === "publish") return publish;
      const found: unknown = Reflect.get(target, name);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}

/** Mulberry32: small, fast and the same everywhere for a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
