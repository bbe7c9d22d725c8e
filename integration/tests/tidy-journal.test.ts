import { expect, test } from "bun:test";
import { fixedClock } from "@dozor/runtime/clock";
import type { Database } from "@dozor/runtime/database";
import { testDatabase } from "@dozor/testkit/database";
import { integrationMigrations } from "../src/migrations.ts";
import { tidyJournal } from "../src/tidy-journal.ts";

const now = new Date("2026-03-15T12:00:00Z");

async function tidy(database: Database, at = now): Promise<void> {
  await tidyJournal({ keptDays: 90 }).runOnce(
    { database, clock: fixedClock(at) },
    { signal: new AbortController().signal, epoch: 1, commit: (name, work) => database.transaction(name, work) },
  );
}

async function write({ sql }: Database, at: string, state: number): Promise<string> {
  const recordId = crypto.randomUUID();
  await sql`
    insert into integration_message (record_id, direction, source, object_id, request_type, body, request_state, date_time)
    values (${recordId}, 1, '1c', 'A-1', 'asset', '{}', ${state}, ${at})`;
  await sql`insert into integration_attempt (record_id, number, started_at) values (${recordId}, 1, ${at})`;
  return recordId;
}

const left = async ({ sql }: Database) =>
  (await sql<{ id: string }[]>`select record_id as id from integration_message order by date_time`).map(({ id }) => id);

test("months are made ahead, and messages lie in theirs", async () => {
  await using test = await testDatabase([integrationMigrations]);
  await tidy(test.database);
  await tidy(test.database);
  await write(test.database, "2026-04-20T00:00:00Z", 3);
  const rows = await test.sql<{ place: string }[]>`select tableoid::regclass::text as place from integration_message`;
  expect(rows.map(({ place }) => place)).toEqual(["integration_message_2026_04"]);
});

test("what is finished and older than is kept goes with its attempts, what waits for a person stays", async () => {
  await using test = await testDatabase([integrationMigrations]);
  await write(test.database, "2025-10-01T00:00:00Z", 3);
  const failed = await write(test.database, "2025-10-02T00:00:00Z", 4);
  const young = await write(test.database, "2026-03-01T00:00:00Z", 3);
  await tidy(test.database);
  expect(await left(test.database)).toEqual([failed, young]);
  expect(await test.sql`select 1 from integration_attempt`).toHaveLength(2);
});

test("a month in which everything is finished is dropped as a whole, one with a failure is not", async () => {
  await using test = await testDatabase([integrationMigrations]);
  await tidy(test.database);
  await write(test.database, "2026-03-20T00:00:00Z", 3);
  const failed = await write(test.database, "2026-04-20T00:00:00Z", 4);
  await tidy(test.database, new Date("2026-09-01T00:00:00Z"));
  const months = await test.sql<{ name: string }[]>`
    select relname as name from pg_class where relname ~ '^integration_message_2026_0[34]$'`;
  expect(months.map(({ name }) => name)).toEqual(["integration_message_2026_04"]);
  expect(await left(test.database)).toEqual([failed]);
});
