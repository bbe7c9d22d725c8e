// Numbered, forward SQL files, each applied once in its own transaction. Promised: racing migrators meet at a lock, and a file which was changed after it
// was applied is refused. Not promised: a way back, nor statements which cannot run in a transaction.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database, Tx } from "./database.ts";

/** `name` is the first part of each recorded name, such as "registry"; `dir` holds files like 0001_assets.sql. */
export type MigrationSet = { name: string; dir: string };

/** Applied before a service's own. */
export const runtimeMigrations: MigrationSet = { name: "runtime", dir: join(import.meta.dir, "../migrations") };

/** Applies what is missing, set by set; the runtime's own set is added in front. Answers the names of what was applied. */
export async function migrate(database: Database, sets: readonly MigrationSet[]): Promise<{ applied: string[] }> {
  const applied: string[] = [];
  for (const set of [runtimeMigrations, ...sets.filter((each) => each.name !== runtimeMigrations.name)]) {
    for (const migration of await migrationsOf(set)) {
      if (await database.transaction("migrate", (tx) => applyOnce(tx, migration))) applied.push(migration.name);
    }
  }
  return { applied };
}

type Migration = { name: string; text: string; checksum: string };

async function migrationsOf({ name, dir }: MigrationSet): Promise<Migration[]> {
  const files = (await readdir(dir)).filter((file) => file.endsWith(".sql")).sort();
  return await Promise.all(
    files.map(async (file, index) => {
      const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1];
      if (Number(number) !== index + 1)
        throw new Error(`read migrations of ${name}: ${file} is not number ${index + 1}`);
      const text = await readFile(join(dir, file), "utf8");
      return { name: `${name}/${file}`, text, checksum: new Bun.CryptoHasher("sha256").update(text).digest("hex") };
    }),
  );
}

async function applyOnce(tx: Tx, { name, text, checksum }: Migration): Promise<boolean> {
  await tx`set local statement_timeout = 0`;
  await tx`set local lock_timeout = 0`;
  await tx`select pg_advisory_xact_lock(hashtextextended('dozor migrate', 0))`;
  await tx`create schema if not exists runtime`;
  await tx`
    create table if not exists runtime.schema_migration (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`;
  const [known] = await tx<{ checksum: string }[]>`select checksum from runtime.schema_migration where name = ${name}`;
  if (known?.checksum === checksum) return false;
  if (known !== undefined) throw new Error(`apply migration ${name}: the file was changed after it had been applied`);
  try {
    await tx.unsafe(text);
  } catch (error) {
    throw new Error(`apply migration ${name}`, { cause: error });
  }
  await tx`insert into runtime.schema_migration (name, checksum) values (${name}, ${checksum})`;
  return true;
}
