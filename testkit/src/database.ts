import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Database, openDatabase } from "@dozor/runtime/database";
import { type MigrationSet, migrate } from "@dozor/runtime/migrate";
import postgres from "postgres";
import { testAddress } from "./environment.ts";

export type TestDatabase = AsyncDisposable & { url: string; name: string; database: Database; sql: Database["sql"] };

/**
 * A Postgres database of its own with the migrations applied, dropped when disposed. Migrations run once per content: the
 * result is kept as a template database and cloned, which takes tens of milliseconds.
 */
export async function testDatabase(
  migrations: readonly MigrationSet[] = [],
  { poolMax = 5 }: { poolMax?: number } = {},
): Promise<TestDatabase> {
  const admin = postgres(testAddress("DOZOR_TEST_POSTGRES_URL"), { max: 1, onnotice: () => {} });
  try {
    const template = await templateDatabase(admin, migrations);
    const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
    await admin`create database ${admin(name)} template ${admin(template)}`;
    const url = databaseUrl(name);
    const database = await openDatabase({ url, applicationName: "dozor-test", poolMax });
    return {
      url,
      name,
      database,
      sql: database.sql,
      async [Symbol.asyncDispose]() {
        await database[Symbol.asyncDispose]();
        await admin`drop database if exists ${admin(name)} with (force)`;
        await admin.end();
      },
    };
  } catch (error) {
    await admin.end();
    throw new Error("make a test database", { cause: error });
  }
}

async function templateDatabase(admin: postgres.Sql, migrations: readonly MigrationSet[]): Promise<string> {
  if (migrations.length === 0) return "template0";
  const name = `template_${await checksum(migrations)}`;
  await admin.begin(async (tx) => {
    // Test files run in several processes: one builds the template, the others wait for it here.
    await tx`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
    const [existing] = await tx`select datistemplate from pg_database where datname = ${name}`;
    if (existing?.datistemplate) return;
    await buildTemplate(name, migrations, Boolean(existing));
  });
  return name;
}

/** `datistemplate` is set last, so that a half-built template of a killed process is seen and built again. */
async function buildTemplate(name: string, migrations: readonly MigrationSet[], isLeftover: boolean): Promise<void> {
  const builder = postgres(testAddress("DOZOR_TEST_POSTGRES_URL"), { max: 1, onnotice: () => {} });
  try {
    if (isLeftover) await builder`drop database ${builder(name)} with (force)`;
    await builder`create database ${builder(name)} template template0`;
    {
      await using database = await openDatabase({ url: databaseUrl(name), applicationName: "dozor-test-template" });
      await migrate(database, migrations);
    }
    await builder`alter database ${builder(name)} with is_template true`;
  } finally {
    await builder.end();
  }
}

function databaseUrl(name: string): string {
  const url = new URL(testAddress("DOZOR_TEST_POSTGRES_URL"));
  url.pathname = `/${name}`;
  return url.href;
}

async function checksum(migrations: readonly MigrationSet[]): Promise<string> {
  const hash = createHash("sha256");
  for (const set of migrations) {
    const files = (await readdir(set.dir)).filter((file) => file.endsWith(".sql")).sort();
    for (const file of files) hash.update(`${set.name}/${file}\n`).update(await readFile(join(set.dir, file)));
  }
  return hash.digest("hex").slice(0, 24);
}
