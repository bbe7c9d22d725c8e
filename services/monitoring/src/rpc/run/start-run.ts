import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { RunService } from "@dozor/proto/monitoring/v1/run";
import { principalOf } from "@dozor/runtime/auth";
import { invalidArgument } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { businessDateOf, isCalendarDate } from "../../domain/business-date.ts";
import { openRun } from "../../steps/open-run.ts";
import { insertAuditEvent } from "../../store/audit.ts";
import { readRunOfDate } from "../../store/run.ts";
import { runMessage } from "./run-message.ts";

export function startRun({
  database,
  clock,
  config,
  wake,
}: Pick<Context, "database" | "clock" | "config" | "wake">): ServiceImpl<typeof RunService>["startRun"] {
  return async (request, call) => {
    const actor = principalOf(call);
    const now = clock.now();
    const { timeZone } = config;
    const today = businessDateOf(now, timeZone);
    const businessDate = request.businessDate || today;
    if (!isCalendarDate(businessDate)) throw invalidArgument(`business_date ${businessDate} is not a day`);
    const asOf = request.asOf === undefined ? undefined : timestampDate(request.asOf);
    if (businessDate > today && asOf === undefined && (await readRunOfDate(database.sql, businessDate)) === undefined) {
      throw invalidArgument(`business_date ${businessDate} is in the future: say as of when to judge it`);
    }
    const opened = await database.transaction("start run", async (tx) => {
      const order = { businessDate, asOf, startedBy: actor.subject, now, timeZone };
      const result = await openRun(tx, order);
      if (result.created) {
        const after = { businessDate, asOf: result.run.asOf.toISOString() };
        await insertAuditEvent(tx, {
          at: now,
          actor,
          action: "run.start",
          objectKind: "run",
          objectId: result.run.runId,
          after,
        });
      }
      return result;
    });
    wake("drive-runs");
    return { run: await runMessage(database.sql, opened.run), created: opened.created };
  };
}
