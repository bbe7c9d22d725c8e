import { beforeAll, expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { testDatabase } from "./database.ts";
import { testAddress } from "./environment.ts";
import { testDirectory } from "./test-directory.ts";

const dir = testDirectory("dozor-migrations-");
beforeAll(() =>
  writeFile(
    join(dir, "0001_place.sql"),
    `create table place (name text primary key); insert into place values ('${crypto.randomUUID()}');`,
  ),
);
const migrations = [{ name: "testkit", dir }];

test("two databases of the same migrations do not see each other's rows", async () => {
  await using first = await testDatabase(migrations);
  await using second = await testDatabase(migrations);
  await first.sql`insert into place values ('only here')`;
  expect(await second.sql`select name from place where name = 'only here'`).toHaveLength(0);
  expect(await second.sql`select name from place`).toHaveLength(1);
});

test("databases asked for at the same time are cloned from one template", async () => {
  const all = await Promise.all([testDatabase(migrations), testDatabase(migrations), testDatabase(migrations)]);
  const rows = await Promise.all(all.map((each) => each.sql`select name from place`));
  expect(new Set(rows.map((list) => list[0]?.name)).size).toBe(1);
  await Promise.all(all.map((each) => each[Symbol.asyncDispose]()));
});

test("a disposed database is gone", async () => {
  const made = await testDatabase(migrations);
  await made[Symbol.asyncDispose]();
  const admin = postgres(testAddress("DOZOR_TEST_POSTGRES_URL"), { max: 1 });
  expect(await admin`select 1 from pg_database where datname = ${made.name}`).toHaveLength(0);
  await admin.end();
});
