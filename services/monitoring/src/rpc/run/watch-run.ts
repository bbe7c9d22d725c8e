import { setTimeout as delay } from "node:timers/promises";
import { create, equals } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { type Run, RunSchema, type RunService } from "@dozor/proto/monitoring/v1/run";
import type { Database } from "@dozor/runtime/database";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { listRuns, readRun } from "../../store/run.ts";
import { runMessage } from "./run-message.ts";

/** Twice a second keeps well below the four messages that are promised at most. */
const lookAgainMs = 500;

export function watchRun({ database }: Pick<Context, "database">): ServiceImpl<typeof RunService>["watchRun"] {
  return async function* ({ runId }, { signal }) {
    let sequence = 0n;
    let sent: Run | undefined;
    while (!signal.aborted) {
      const { run, hasEnded } = await present(database, runId);
      if (run !== undefined && (sent === undefined || !equals(RunSchema, sent, run))) {
        sent = run;
        sequence += 1n;
        yield { run, sequence };
      }
      if (hasEnded && runId !== "") return;
      await delay(lookAgainMs, undefined, { signal });
    }
  };
}

async function present({ sql }: Database, runId: string): Promise<{ run: Run | undefined; hasEnded: boolean }> {
  const stored = runId === "" ? (await listRuns(sql, undefined, 1))[0] : await readRun(sql, runId);
  if (stored === undefined && runId !== "") throw notFound("run", runId);
  return {
    run: stored === undefined ? undefined : create(RunSchema, await runMessage(sql, stored)),
    hasEnded: stored?.endedAt != null,
  };
}
