import { deadLetterRoute } from "@dozor/integration/rpc/dead-letter-route";
import { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { ReconciliationService } from "@dozor/proto/monitoring/v1/reconciliation";
import { ReportService } from "@dozor/proto/monitoring/v1/report";
import { RunService } from "@dozor/proto/monitoring/v1/run";
import { TaskService } from "@dozor/proto/monitoring/v1/task";
import { TraceService } from "@dozor/proto/monitoring/v1/trace";
import { WatchService } from "@dozor/proto/monitoring/v1/watch";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { CheckReplySchema } from "@dozor/proto/tracking/v1/check";
import type { Route } from "@dozor/runtime/route";
import { route } from "@dozor/runtime/server";
import type { Context } from "../context.ts";
import {
  indicatorAuthors,
  integrators,
  readers,
  reconcilers,
  ruleKeepers,
  runOperators,
  taskLeads,
  taskWorkers,
} from "./access.ts";
import { archiveIndicatorRpc } from "./indicator/archive-indicator.ts";
import { createIndicator } from "./indicator/create-indicator.ts";
import { dryRunIndicator } from "./indicator/dry-run-indicator.ts";
import { getIndicator } from "./indicator/get-indicator.ts";
import { listIndicatorKinds } from "./indicator/list-indicator-kinds.ts";
import { listIndicatorsRpc } from "./indicator/list-indicators.ts";
import { publishIndicator } from "./indicator/publish-indicator.ts";
import { updateIndicator } from "./indicator/update-indicator.ts";
import { validateIndicator } from "./indicator/validate-indicator.ts";
import { listReconciliationsRpc } from "./reconciliation/list-reconciliations.ts";
import { reconcileNow } from "./reconciliation/reconcile-now.ts";
import { exportReport } from "./report/export-report.ts";
import { getSummary } from "./report/get-summary.ts";
import { listReportAssetsRpc } from "./report/list-report-assets.ts";
import { cancelRun } from "./run/cancel-run.ts";
import { getRun } from "./run/get-run.ts";
import { getRunProof } from "./run/get-run-proof.ts";
import { listRunsRpc } from "./run/list-runs.ts";
import { listVerdicts } from "./run/list-verdicts.ts";
import { startRun } from "./run/start-run.ts";
import { watchRun } from "./run/watch-run.ts";
import { assignTask } from "./task/assign-task.ts";
import { claimNextTask } from "./task/claim-next-task.ts";
import { claimTask } from "./task/claim-task.ts";
import { closeTask } from "./task/close-task.ts";
import { commentTask } from "./task/comment-task.ts";
import { getTask } from "./task/get-task.ts";
import { listTasks } from "./task/list-tasks.ts";
import { releaseTask } from "./task/release-task.ts";
import { reopenTask } from "./task/reopen-task.ts";
import { resolveTask } from "./task/resolve-task.ts";
import { snoozeTask } from "./task/snooze-task.ts";
import { watchTasks } from "./task/watch-tasks.ts";
import { traceObject } from "./trace/trace-object.ts";
import { getWatchRule } from "./watch/get-watch-rule.ts";
import { getWatchedAsset } from "./watch/get-watched-asset.ts";
import { updateWatchRule } from "./watch/update-watch-rule.ts";

/** Every RPC of the service with the roles that may call it. */
export function routes(context: Context): Route[] {
  return [
    route(
      IndicatorService,
      {
        listIndicators: listIndicatorsRpc(context),
        getIndicator: getIndicator(context),
        listIndicatorKinds: listIndicatorKinds(),
        createIndicator: createIndicator(context),
        updateIndicator: updateIndicator(context),
        validateIndicator: validateIndicator(context),
        publishIndicator: publishIndicator(context),
        archiveIndicator: archiveIndicatorRpc(context),
        dryRunIndicator: dryRunIndicator(context),
      },
      {
        listIndicators: readers,
        getIndicator: readers,
        listIndicatorKinds: readers,
        createIndicator: indicatorAuthors,
        updateIndicator: indicatorAuthors,
        validateIndicator: readers,
        publishIndicator: indicatorAuthors,
        archiveIndicator: indicatorAuthors,
        dryRunIndicator: readers,
      },
    ),
    route(
      RunService,
      {
        startRun: startRun(context),
        getRun: getRun(context),
        listRuns: listRunsRpc(context),
        cancelRun: cancelRun(context),
        watchRun: watchRun(context),
        listVerdicts: listVerdicts(context),
        getRunProof: getRunProof(context),
      },
      {
        startRun: runOperators,
        getRun: readers,
        listRuns: readers,
        cancelRun: runOperators,
        watchRun: readers,
        listVerdicts: readers,
        getRunProof: readers,
      },
    ),
    route(
      TaskService,
      {
        listTasks: listTasks(context),
        getTask: getTask(context),
        claimTask: claimTask(context),
        claimNextTask: claimNextTask(context),
        assignTask: assignTask(context),
        releaseTask: releaseTask(context),
        commentTask: commentTask(context),
        snoozeTask: snoozeTask(context),
        resolveTask: resolveTask(context),
        reopenTask: reopenTask(context),
        closeTask: closeTask(context),
        watchTasks: watchTasks(context),
      },
      {
        listTasks: readers,
        getTask: readers,
        claimTask: taskWorkers,
        claimNextTask: taskWorkers,
        assignTask: taskLeads,
        releaseTask: taskWorkers,
        commentTask: taskWorkers,
        snoozeTask: taskWorkers,
        resolveTask: taskWorkers,
        reopenTask: taskWorkers,
        closeTask: taskLeads,
        watchTasks: readers,
      },
    ),
    route(
      ReportService,
      {
        getSummary: getSummary(context),
        listReportAssets: listReportAssetsRpc(context),
        exportReport: exportReport(context),
      },
      { getSummary: readers, listReportAssets: readers, exportReport: readers },
    ),
    route(
      ReconciliationService,
      { listReconciliations: listReconciliationsRpc(context), reconcileNow: reconcileNow(context) },
      { listReconciliations: readers, reconcileNow: reconcilers },
    ),
    route(
      WatchService,
      {
        getWatchRule: getWatchRule(context),
        updateWatchRule: updateWatchRule(context),
        getWatchedAsset: getWatchedAsset(context),
      },
      { getWatchRule: readers, updateWatchRule: ruleKeepers, getWatchedAsset: readers },
    ),
    route(TraceService, { traceObject: traceObject(context) }, { traceObject: integrators }),
    deadLetterRoute({ database: context.database, schemas: [AssetSnapshotSchema, CheckReplySchema] }),
  ];
}
