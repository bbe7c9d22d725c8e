import postgres from "postgres";
import { type Database, openDatabase } from "../src/database.ts";
import { migrate } from "../src/migrate.ts";

export type TestDatabase = AsyncDisposable & { url: string; database: Database; open(): Promise<Database> };

/** An empty database of its own, with the runtime's tables unless told otherwise; dropped when disposed. */
export async function testDatabase({ migrated = true }: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const address = process.env.DOZOR_TEST_POSTGRES_URL;
  if (address === undefined) throw new Error("DOZOR_TEST_POSTGRES_URL is not set: run ./dozor test");
  const name = `runtime_${crypto.randomUUID().replaceAll("-", "")}`;
  const admin = postgres(address, { max: 1, onnotice: () => {} });
  await admin`create database ${admin(name)}`;
  const url = Object.assign(new URL(address), { pathname: `/${name}` }).href;
  const opened: Database[] = [];
  const open = async () => {
    const database = await openDatabase({ url, applicationName: "runtime-test", poolMax: 8 });
    opened.push(database);
    return database;
  };
  const database = await open();
  if (migrated) await migrate(database, []);
  return {
    url,
    database,
    open,
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((each) => each[Symbol.asyncDispose]()));
      await admin`drop database if exists ${admin(name)} with (force)`;
      await admin.end();
    },
  };
}
