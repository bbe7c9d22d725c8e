import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Mesh } from "@dozor/mesh/mesh";
import { StartRunRequestSchema } from "@dozor/proto/monitoring/v1/run";
import { meshTruth } from "../../mesh/mesh-truth.ts";
import { nextBusinessDate } from "./workload.ts";

/**
 * One more run when all is at rest: what it finds violated must be what the simulated world itself computes, and each of these assets must have a task.
 * Sentences about differences.
 */
export async function judgedByTruth(mesh: Mesh, now: Date, signal: AbortSignal): Promise<string[]> {
  const businessDate = await nextBusinessDate(mesh);
  if (businessDate === undefined) return ["a run is still open after the mesh came to rest"];
  const request = create(StartRunRequestSchema, { businessDate, asOf: timestampFromDate(now) });
  const { run } = await mesh.clients(0).runs.startRun(request, { signal, timeoutMs: 30_000 });
  await mesh.drain({ deadlineMs: 60_000, signal });
  const runId = run?.runId ?? "";
  const truth = await meshTruth(mesh, now, businessDate);
  const sql = mesh.databases.monitoring;
  const violated = await sql<{ id: string; tasks: number }[]>`
    select a.external_id as id,
      (select count(*)::int from task t join task_violation v using (task_id)
        where t.asset_id = a.asset_id and v.last_business_date = ${businessDate}) as tasks
    from asset a where asset_id in (select asset_id from verdict where run_id = ${runId} and result = 'violated')
  `;
  const found = new Set(violated.map(({ id }) => id));
  const expected = new Set(truth.tasks);
  return [
    ...[...expected].filter((id) => !found.has(id)).map((id) => `asset ${id} should be found violated, and was not`),
    ...[...found].filter((id) => !expected.has(id)).map((id) => `asset ${id} was found violated, and should not be`),
    ...violated.filter(({ tasks }) => tasks === 0).map(({ id }) => `asset ${id} was found violated and has no task`),
  ].slice(0, 6);
}
