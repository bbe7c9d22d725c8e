import type { ServiceImpl } from "@connectrpc/connect";
import type { RunService } from "@dozor/proto/monitoring/v1/run";
import { principalOf } from "@dozor/runtime/auth";
import { failedPrecondition, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { writeRunEnd } from "../../steps/end-run.ts";
import { insertAuditEvent } from "../../store/audit.ts";
import { endFailedChunks, lockOpenChunkNos } from "../../store/chunk.ts";
import { lockRun, readRun } from "../../store/run.ts";
import { runMessage } from "./run-message.ts";

export function cancelRun({
  database,
  clock,
}: Pick<Context, "database" | "clock">): ServiceImpl<typeof RunService>["cancelRun"] {
  return async ({ runId, reason }, call) => {
    const actor = principalOf(call);
    const at = clock.now();
    await database.transaction("cancel run", async (tx) => {
      const run = await lockRun(tx, runId);
      if (run === undefined) throw notFound("run", runId);
      if (run.state === "completed" || run.state === "cancelled") {
        throw failedPrecondition(`cancel run ${runId}: it is ${run.state}`);
      }
      const chunkNos = await lockOpenChunkNos(tx, runId);
      await endFailedChunks(tx, { runId, chunkNos, failure: "cancelled", detail: reason, endedAt: at });
      await writeRunEnd(tx, run, { state: "cancelled", endedAt: at, cancelReason: reason });
      await insertAuditEvent(tx, {
        at,
        actor,
        action: "run.cancel",
        objectKind: "run",
        objectId: runId,
        after: { reason },
      });
    });
    const cancelled = await readRun(database.sql, runId);
    if (cancelled === undefined) throw notFound("run", runId);
    return { run: await runMessage(database.sql, cancelled) };
  };
}
