import type { Run } from "@dozor/proto/monitoring/v1/run";
import type { Monitoring } from "./monitoring.ts";

/** Starts the run of a date and waits until it has ended. */
export async function runDay(monitoring: Monitoring, businessDate = ""): Promise<Run> {
  const operator = monitoring.as("operator");
  const { run } = await operator.runs.startRun({ businessDate });
  await monitoring.service.runNow("drive-runs", AbortSignal.timeout(30_000));
  const ended = await operator.runs.getRun({ run: { case: "runId", value: run?.runId ?? "" } });
  if (ended.run === undefined) throw new Error("the run is missing");
  return ended.run;
}
