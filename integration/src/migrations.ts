import { join } from "node:path";
import type { MigrationSet } from "@dozor/runtime/migrate";

/** Tables of the journal, the queue and the findings, for every service that keeps them in its database. */
export const integrationMigrations: MigrationSet = { name: "integration", dir: join(import.meta.dir, "../migrations") };
