import type { ServiceImpl } from "@connectrpc/connect";
import type { RunService } from "@dozor/proto/monitoring/v1/run";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { readRun, readRunOfDate } from "../../store/run.ts";
import { runMessage } from "./run-message.ts";

export function getRun({ database: { sql } }: Pick<Context, "database">): ServiceImpl<typeof RunService>["getRun"] {
  return async ({ run: which }) => {
    const id = which.value ?? "";
    const run = which.case === "businessDate" ? await readRunOfDate(sql, id) : await readRun(sql, id);
    if (run === undefined) throw notFound("run", id);
    return { run: await runMessage(sql, run) };
  };
}
