import type { Database } from "./database.ts";

export type MigrationSet = { name: string; dir: string };
export const runtimeMigrations: MigrationSet = {
  name: "runtime",
  dir: new URL("../migrations", import.meta.url).pathname,
};
export async function migrate(_database: Database, _sets: readonly MigrationSet[]): Promise<{ applied: string[] }> {
  throw new Error("not built yet");
}
