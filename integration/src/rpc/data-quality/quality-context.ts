import type { Database } from "@dozor/runtime/database";

/** What the handlers of data quality work with; made by the service. */
export type QualityContext = { database: Database };
