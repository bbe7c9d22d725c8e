import type { Clock } from "@dozor/runtime/clock";
import type { Job } from "@dozor/runtime/job";
import { nextTaskState, systemActor } from "../domain/task-machine.ts";
import { insertTaskEvents, lockTasksToWake, type StoredTask, updateTasks } from "../store/task.ts";

const batchSize = 500;

/** Brings snoozed tasks back when their time is over: to their assignee, or to the free ones. */
export const wakeSnoozedTasks: Job<{ clock: Clock }> = {
  name: "wake-snoozed-tasks",
  everyMs: 30_000,
  async runOnce({ clock }, run) {
    for (;;) {
      const wokenCount = await run.commit("wake tasks", async (tx) => {
        const now = clock.now();
        const tasks = await lockTasksToWake(tx, now, batchSize);
        if (tasks.length === 0) return 0;
        const woken = tasks.map((task) => ({ ...task, state: wokenState(task), snoozedUntil: null }));
        await updateTasks(tx, woken, now);
        const events = woken.map(({ taskId, state }) => ({
          taskId,
          actor: systemActor.subject,
          actorName: "",
          type: "woken" as const,
          stateBefore: "snoozed" as const,
          stateAfter: state,
        }));
        await insertTaskEvents(tx, events, now);
        return tasks.length;
      });
      if (wokenCount < batchSize) return;
      run.signal.throwIfAborted();
    }
  },
};

function wokenState({ taskId, state, assignee }: StoredTask) {
  const woken = nextTaskState({ state, assignee: assignee ?? undefined }, "wake", systemActor);
  if (typeof woken !== "string") throw new Error(`wake task ${taskId}: it is ${state}`);
  return woken;
}
