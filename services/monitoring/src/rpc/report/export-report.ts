import type { ServiceImpl } from "@connectrpc/connect";
import { ReportKind, type ReportService } from "@dozor/proto/monitoring/v1/report";
import { principalOf } from "@dozor/runtime/auth";
import type { Queryable } from "@dozor/runtime/database";
import type { Context } from "../../context.ts";
import { businessDateOf } from "../../domain/business-date.ts";
import { csvLine, csvStart } from "../../domain/csv.ts";
import { listTaskAssets } from "../../store/asset.ts";
import { insertAuditEvent } from "../../store/audit.ts";
import type { StoredTask } from "../../store/task.ts";
import { listFilteredTasks, type TaskFilter } from "../../store/task-list.ts";
import { listViolations } from "../../store/violation.ts";
import { type AskedDimension, askedDimension } from "./dimensions.ts";
import { type ExportLanguage, exportWords } from "./export-words.ts";
import { readSummary } from "./read-summary.ts";
import { rowLabels } from "./row-labels.ts";

const chunkBytesMax = 64 * 1024;
const rowsMax = 100_000;
const tasksAtOnce = 500;

export function exportReport({
  database,
  clock,
  config,
}: Pick<Context, "database" | "clock" | "config">): ServiceImpl<typeof ReportService>["exportReport"] {
  return async function* ({ kind, dimension, language }, call) {
    const actor = principalOf(call);
    const at = clock.now();
    const words: ExportLanguage = language === "en" ? "en" : "ru";
    const asked = kind === ReportKind.TASKS ? undefined : askedDimension(dimension);
    await database.transaction("report.export", (tx) =>
      insertAuditEvent(tx, {
        at,
        actor,
        action: "report.export",
        objectKind: "report",
        objectId: asked ?? "tasks",
        after: { language: words },
      }),
    );
    const date = businessDateOf(at, config.timeZone);
    const lines =
      asked === undefined
        ? taskLines(database.sql, words, config.timeZone)
        : summaryLines(database.sql, asked, date, words);
    yield* inChunks(lines, call.signal);
  };
}

async function* inChunks(lines: AsyncIterable<string>, signal: AbortSignal) {
  const encoder = new TextEncoder();
  let parts: Uint8Array[] = [encoder.encode(csvStart)];
  let bytes = 3;
  for await (const line of lines) {
    signal.throwIfAborted();
    const encoded = encoder.encode(line);
    if (bytes + encoded.length > chunkBytesMax) {
      yield { chunk: Buffer.concat(parts) };
      parts = [];
      bytes = 0;
    }
    parts.push(encoded);
    bytes += encoded.length;
  }
  yield { chunk: Buffer.concat(parts) };
}

async function* summaryLines(sql: Queryable, dimension: AskedDimension, date: string, language: ExportLanguage) {
  const { summaryHeader } = exportWords[language];
  yield csvLine(summaryHeader);
  const { rows } = await readSummary(sql, dimension, { date, isPast: false, rowLimit: rowsMax });
  for (let start = 0; start < rows.length; start += 1_000) {
    const part = rows.slice(start, start + 1_000);
    const labels = await rowLabels(
      sql,
      dimension,
      part.map((row) => row.key),
    );
    for (const row of part) {
      const counts = [row.assetCount, row.watchedAssetCount, row.taskCount, row.violationCount];
      yield csvLine([row.key, labels.get(row.key) ?? "", ...counts]);
    }
  }
}

const activeTasks: TaskFilter = {
  states: ["open", "in_progress", "snoozed"],
  assignee: undefined,
  severityMin: 0,
  indicatorKey: "",
  regionCode: "",
  lesseeId: "",
  assetId: "",
  query: "",
};

async function* taskLines(sql: Queryable, language: ExportLanguage, timeZone: string) {
  const { taskHeader, states, severities } = exportWords[language];
  yield csvLine(taskHeader);
  let last: StoredTask | undefined;
  do {
    const after = last === undefined ? undefined : { ...last, createdAt: last.createdAt.toISOString() };
    const tasks = await listFilteredTasks(sql, activeTasks, after, tasksAtOnce);
    const taskIds = tasks.map((task) => task.taskId);
    const violations = Map.groupBy(await listViolations(sql, taskIds, { withEvidence: false }), (each) => each.taskId);
    const assets = await listTaskAssets(
      sql,
      tasks.map((task) => task.assetId),
    );
    for (const task of tasks) {
      const asset = assets.get(task.assetId);
      const standing = (violations.get(task.taskId) ?? []).filter((violation) => violation.standing);
      yield csvLine([
        task.number,
        states[task.state],
        severities[task.severity] ?? "",
        asset?.description ?? "",
        asset?.vin ?? "",
        asset?.plate ?? "",
        asset?.contractNumber ?? "",
        asset?.lesseeName ?? "",
        standing.map((violation) => violation.indicatorName).join(", "),
        task.regionCode,
        task.assigneeName ?? "",
        businessDateOf(task.createdAt, timeZone),
      ]);
    }
    last = tasks.length === tasksAtOnce ? tasks.at(-1) : undefined;
  } while (last !== undefined);
}
