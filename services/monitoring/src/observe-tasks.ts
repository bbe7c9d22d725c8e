import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "@dozor/runtime/database";
import type { Log } from "@dozor/runtime/log";
import { metrics } from "@dozor/runtime/metrics";
import { taskStates } from "./domain/task-machine.ts";
import { countTasks } from "./store/task.ts";

const everyMs = 15_000;

const tasksGauge = metrics.gauge({ name: "monitoring_tasks", help: "Tasks in each state", labels: ["state"] });

/** Keeps the gauge of tasks. Every instance tells the same number: take the maximum over them. */
export function observeTasks({ database, log }: { database: Database; log: Log }): AsyncDisposable {
  const stopping = new AbortController();
  const running = observe(database, log, stopping.signal);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}

async function observe({ sql }: Database, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const counts = new Map((await countTasks(sql)).map((row) => [row.state, row.count]));
      for (const state of taskStates) tasksGauge.set({ state }, counts.get(state) ?? 0);
    } catch (error) {
      // The next look is in seconds; a gauge that stays is no reason to stop the service.
      log.warn("tasks.not_counted", { cause: String(error) });
    }
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
}
