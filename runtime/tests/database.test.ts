import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { booleanArray, bytesArray, openDatabase, statement, timesArray } from "../src/database.ts";
import { isUnavailable } from "../src/errors.ts";
import { testDatabase } from "./test-database.ts";

test("a transaction which meets a conflict is repeated and both changes survive", async () => {
  await using db = await testDatabase({ migrated: false });
  const { sql, transaction } = db.database;
  await sql`create table account (id int primary key, amount int not null)`;
  await sql`insert into account values (1, 0)`;
  const add = () =>
    transaction(
      "account.add",
      async (tx) => {
        const [row] = await tx<{ amount: number }[]>`select amount from account where id = 1`;
        await tx`update account set amount = ${(row?.amount ?? 0) + 1} where id = 1`;
      },
      { isolation: "serializable", attemptsMax: 20 },
    );
  await Promise.all([add(), add(), add(), add()]);
  expect([...(await sql`select amount from account`)]).toEqual([{ amount: 4 }]);
});

test("a failed transaction leaves nothing behind", async () => {
  await using db = await testDatabase({ migrated: false });
  const { sql, transaction } = db.database;
  await sql`create table place (name text)`;
  const failing = transaction("place.add", async (tx) => {
    await tx`insert into place values ('a')`;
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await sql`select * from place`).toHaveLength(0);
});

test("big integers are numbers while safe and refused beyond", async () => {
  await using db = await testDatabase({ migrated: false });
  const { sql } = db.database;
  const [row] = await statement(
    "test.numbers",
    sql`select ${9007199254740991n}::bigint as big, '2024-02-29'::date as day, ${[1, 2]}::bigint[] as many`,
  );
  expect(row).toEqual({ big: 9007199254740991, day: "2024-02-29", many: [1, 2] });
  await expect(sql`select 9007199254740993::bigint as big`.execute()).rejects.toThrow("does not fit");
});

test("jsonb parameters are objects and arrays are unnested", async () => {
  await using db = await testDatabase({ migrated: false });
  const { sql } = db.database;
  const [row] =
    await sql`select jsonb_typeof(${sql.json({ a: 1 })}) as kind, (select sum(n) from unnest(${[1, 2, 3]}::int[]) as n)::int as total`;
  expect(row).toEqual({ kind: "object", total: 6 });
});

test("arrays of bytes, times and booleans arrive as they were given, empty and absent elements too", async () => {
  await using db = await testDatabase({ migrated: false });
  const { sql } = db.database;
  const at = new Date("2026-11-22T03:04:05.678Z");
  const bytes = Buffer.from([0, 255, 92, 34, 44]);
  const rows = await sql`
    select * from unnest(
      ${bytesArray(sql, [bytes, null, Buffer.alloc(0)])}::bytea[],
      ${timesArray(sql, [at, null, at])}::timestamptz[],
      ${booleanArray(sql, [false, null, true])}::boolean[]
    ) as row (bytes, at, flag)`;
  expect([...rows]).toEqual([
    { bytes, at, flag: false },
    { bytes: null, at: null, flag: null },
    { bytes: Buffer.alloc(0), at, flag: true },
  ]);
  expect([...(await sql`select cardinality(${timesArray(sql, [])}::timestamptz[]) as count`)]).toEqual([{ count: 0 }]);
});

test("an advisory lock lets one in and is free again afterwards", async () => {
  await using db = await testDatabase({ migrated: false });
  const other = await db.open();
  const inside = Promise.withResolvers<void>();
  const leave = Promise.withResolvers<void>();
  const first = db.database.withAdvisoryLock("source main", async () => {
    inside.resolve();
    await leave.promise;
    return "first";
  });
  await inside.promise;
  expect(await other.withAdvisoryLock("source main", async () => "second")).toEqual({ ran: false });
  leave.resolve();
  expect(await first).toEqual({ ran: true, value: "first" });
  expect(await other.withAdvisoryLock("source main", async () => "second")).toEqual({ ran: true, value: "second" });
});

test("a lock is given back at once when the work under it meets the lost connection of another transaction", async () => {
  await using db = await testDatabase({ migrated: false });
  await using breaking = await resetsAtCommit(Number(new URL(db.database.url).port));
  const url = new URL(db.database.url);
  url.port = String(breaking.port);
  await using through = await openDatabase({ url: url.href, applicationName: "test" });
  const polling = through.withAdvisoryLock("source main", async () => {
    await through.transaction("record.save", async (tx) => await tx`select 1`);
  });
  await expect(polling).rejects.toThrow("ECONNRESET");
  const other = await db.open();
  expect(await other.withAdvisoryLock("source main", async () => "inside")).toEqual({ ran: true, value: "inside" });
});

/** Passes everything on to a server, but resets a connection that asks for a commit, so that nobody knows its outcome. */
async function resetsAtCommit(port: number): Promise<AsyncDisposable & { port: number }> {
  const lines = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    for (const end of [client, upstream]) {
      lines.add(end);
      end.on("error", () => {});
    }
    upstream.on("data", (bytes) => client.write(bytes));
    client.on("data", (bytes) => {
      if (bytes.includes("commit\0")) client.resetAndDestroy();
      else upstream.write(bytes);
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listen for the test: there is no port");
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const line of lines) line.destroy();
    },
  };
}

test("a broken connection is told apart from a mistake and the pool recovers", async () => {
  await using db = await testDatabase({ migrated: false });
  const other = await db.open();
  const broken = db.database.transaction("test.break", async (tx) => {
    const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
    await other.sql`select pg_terminate_backend(${row?.pid ?? 0})`;
    await tx`select 1`;
  });
  const error = await broken.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isUnavailable(error)).toBe(true);
  expect(await db.database.isReachable()).toBe(true);
});

test("work that comes back to a transaction which was ended in the meantime harms nothing", async () => {
  await using db = await testDatabase({ migrated: false });
  const other = await db.open();
  for (let round = 0; round < 5; round++) {
    const gate = Promise.withResolvers<void>();
    const cut = Promise.withResolvers<void>();
    const returned = Promise.withResolvers<void>();
    const broken = db.database.transaction("test.late", async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await other.sql`select pg_terminate_backend(${row?.pid ?? 0})`;
      cut.resolve();
      await gate.promise;
      returned.resolve();
    });
    await cut.promise;
    expect(isUnavailable(await broken.catch((error: unknown) => error))).toBe(true);
    gate.resolve();
    await returned.promise;
    expect(await db.database.sql`select 1`).toHaveLength(1);
  }
});

test("a pool outlives more broken connections than it has, idle and in the middle of transactions", async () => {
  await using db = await testDatabase({ migrated: false });
  const other = await db.open();
  const { sql, transaction } = db.database;
  for (let round = 0; round < 12; round++) {
    const broken = transaction("test.break", async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await other.sql`select pg_terminate_backend(${row?.pid ?? 0})`;
      await tx`select 1`;
    });
    expect(isUnavailable(await broken.catch((error: unknown) => error))).toBe(true);
  }
  await other.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, n) =>
      transaction("test.ask", async (tx) => (await tx`select ${n}::int as n`)[0]?.n),
    ),
  );
  expect(answers).toEqual(Array.from({ length: 16 }, (_, n) => n));
  expect(await sql`select 1`).toHaveLength(1);
});
