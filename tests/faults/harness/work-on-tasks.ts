import type { CallOptions } from "@connectrpc/connect";
import type { MeshClients } from "@dozor/mesh/mesh-clients";
import { type Task, TaskOutcome, TaskState } from "@dozor/proto/monitoring/v1/task";
import type { History } from "./history.ts";
import type { Random } from "./random.ts";

/** What a person does to one task: takes it, comments on it, puts it back, ends it. */
export async function workOnTasks(
  clients: MeshClients,
  random: Random,
  history: History,
  call: CallOptions,
): Promise<void> {
  const states = [random.chance(0.5) ? TaskState.OPEN : TaskState.IN_PROGRESS];
  const { result } = await history.op("list tasks", () =>
    clients.tasks.listTasks({ filter: { states }, pageSize: 20 }, call),
  );
  if (result === undefined || result.tasks.length === 0) return;
  const task = random.pick(result.tasks);
  if (task.state === TaskState.OPEN) {
    const { taskId, version } = task;
    await history.op("claim task", () => clients.tasks.claimTask({ taskId, version }, call));
  } else {
    await workOn(clients, task, random, history, call);
  }
}

async function workOn(clients: MeshClients, task: Task, random: Random, history: History, call: CallOptions) {
  const { taskId, version } = task;
  const actions = [
    () => history.op("release task", () => clients.tasks.releaseTask({ taskId, version }, call)),
    () =>
      history.op("comment task", () =>
        clients.tasks.commentTask({ taskId, comment: "звонили", requestId: crypto.randomUUID() }, call),
      ),
    () =>
      history.op("resolve task", () =>
        clients.tasks.resolveTask(
          { taskId, version, outcome: TaskOutcome.FALSE_POSITIVE, note: "на месте, проверено по телефону" },
          call,
        ),
      ),
  ];
  await random.pick(actions)();
}
