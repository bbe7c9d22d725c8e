import { setTimeout as delay } from "node:timers/promises";
import type { ServiceImpl } from "@connectrpc/connect";
import type { TaskService } from "@dozor/proto/monitoring/v1/task";
import { principalOf } from "@dozor/runtime/auth";
import type { Context } from "../../context.ts";
import { countFilteredTasks, listChangedTasks, readOldestRunning } from "../../store/task-list.ts";
import { taskFilter } from "./task-filter.ts";
import { stateValues } from "./task-message.ts";

/** Twice a second keeps well below the four messages that are promised at most. */
const lookAgainMs = 500;
const changedMax = 100;

/**
 * Looks for tasks that transactions changed which were not finished at the look before. Numbers of transactions are given out before their commit, so the
 * question starts at the oldest one that was still running, and what was told already is left out by its version.
 */
export function watchTasks({
  database: { sql },
}: Pick<Context, "database">): ServiceImpl<typeof TaskService>["watchTasks"] {
  return async function* (request, call) {
    const filter = taskFilter(request.filter, principalOf(call));
    const counts = async () =>
      (await countFilteredTasks(sql, filter)).map(({ state, count }) => ({
        state: stateValues[state],
        taskCount: BigInt(count),
      }));
    let since = await readOldestRunning(sql);
    let told = new Map(
      (await listChangedTasks(sql, filter, since, changedMax + 1)).map((task) => [task.taskId, task.version]),
    );
    let sequence = 1n;
    yield { sequence, stateCounts: await counts() };
    while (!call.signal.aborted) {
      await delay(lookAgainMs, undefined, { signal: call.signal });
      const next = await readOldestRunning(sql);
      const seen = await listChangedTasks(sql, filter, since, changedMax + 1);
      const changed = seen.filter((task) => told.get(task.taskId) !== task.version);
      since = next;
      told = new Map(seen.map((task) => [task.taskId, task.version]));
      if (changed.length === 0) continue;
      sequence += 1n;
      yield {
        sequence,
        stateCounts: await counts(),
        changedTaskIds: changed.slice(0, changedMax).map((task) => task.taskId),
        moreChanged: seen.length > changedMax,
      };
    }
  };
}
