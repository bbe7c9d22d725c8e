import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TemporaryDirectory, temporaryDirectory } from "@dozor/testkit/temporary-directory";
import { migrate } from "../src/migrate.ts";
import { testDatabase } from "./test-database.ts";

function migrationDir(files: Record<string, string>): TemporaryDirectory {
  const made = temporaryDirectory("dozor-migrate-");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made.path, name), text);
  return made;
}

const files = {
  "0001_place.sql": "create table place (name text); insert into place values ('a');",
  "0002_more.sql": "insert into place values ('b');",
};

test("migrators that race apply each file once", async () => {
  await using db = await testDatabase({ migrated: false });
  using made = migrationDir(files);
  const set = { name: "example", dir: made.path };
  const databases = [db.database, await db.open(), await db.open()];
  const results = await Promise.all(databases.map((database) => migrate(database, [set])));
  const applied = results.flatMap((result) => result.applied).sort();
  expect(applied).toEqual([...new Set(applied)]);
  expect(applied.filter((file) => file.startsWith("example/"))).toEqual([
    "example/0001_place.sql",
    "example/0002_more.sql",
  ]);
  expect([...(await db.database.sql`select name from place order by name`)]).toEqual([{ name: "a" }, { name: "b" }]);
});

test("a released migration which was changed is refused", async () => {
  await using db = await testDatabase({ migrated: false });
  using made = migrationDir(files);
  await migrate(db.database, [{ name: "example", dir: made.path }]);
  writeFileSync(join(made.path, "0001_place.sql"), "create table place (name text, age int)");
  await expect(migrate(db.database, [{ name: "example", dir: made.path }])).rejects.toThrow(
    "example/0001_place.sql: the file was changed",
  );
});

test("a migration which fails leaves nothing and the next start tries it again", async () => {
  await using db = await testDatabase({ migrated: false });
  using made = migrationDir({ "0001_place.sql": "create table place (name text); select broken" });
  const set = { name: "example", dir: made.path };
  await expect(migrate(db.database, [set])).rejects.toThrow("apply migration example/0001_place.sql");
  writeFileSync(join(made.path, "0001_place.sql"), "create table place (name text)");
  expect((await migrate(db.database, [set])).applied).toEqual(["example/0001_place.sql"]);
});
