import type { Database } from "@dozor/runtime/database";
import type { Log } from "@dozor/runtime/log";
import type { JudgeContext } from "../steps/judge-chunks.ts";

/** What planning and driving a run need. */
export type DriveContext = JudgeContext & {
  database: Database;
  log: Log;
  config: { chunkSize: number; checkDeadlineMs: number };
};
