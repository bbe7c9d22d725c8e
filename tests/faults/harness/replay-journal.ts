import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Mesh } from "@dozor/mesh/mesh";
import { Direction } from "@dozor/proto/integration/v1/queue";
import { eventually } from "@dozor/testkit/eventually";
import type { FaultRun } from "./fault.ts";
import { acceptAgain, readReceived, refuse } from "./outside-receiver.ts";
import { changeWorld } from "./simulated-world.ts";

const refusedCount = 8;
/** What the administrator will replay, and when it began to fail. */
export type Refused = { objectIds: string[]; since: Date };

/** The receiver refuses some counterparties that change, and change once more: one message of each fails, and others wait behind it. */
export async function haveSomeRefused(run: FaultRun): Promise<Refused> {
  const { mesh, random, workload, signal, bite, log, heal } = run;
  heal(() => acceptAgain(mesh));
  const since = new Date();
  const objectIds = random.shuffled(workload.targets.counterparties).slice(0, refusedCount);
  for (const objectId of objectIds) await refuse(mesh, objectId, random.pick([400, 404, 422]));
  await rename(run, objectIds);
  const failed = await eventually(
    "the receiver to have refused each",
    async () => {
      const { failed } = await statesOf(mesh, objectIds, since);
      return failed >= objectIds.length && failed;
    },
    { deadlineMs: 60_000, signal },
  );
  bite("messages refused", failed);
  await rename(run, objectIds);
  const waiting = await eventually(
    "messages behind them",
    async () => {
      const { created } = await statesOf(mesh, objectIds, since);
      return created >= objectIds.length && created;
    },
    { deadlineMs: 60_000, signal },
  );
  bite("messages held up", waiting);
  log(`${failed} messages refused, ${waiting} wait behind them`);
  return { objectIds, since };
}

/** The receiver is mended; the administrator has all that failed since sent again, and everything arrives in the order in which it was written. */
export async function replayAllFailed({ mesh, random, signal, bite, log }: FaultRun, refused: Refused): Promise<void> {
  await acceptAgain(mesh);
  const { queue } = mesh.clients(random.pick(mesh.services.registry).index);
  const patience = { timeoutMs: 60_000 };
  const filter = { direction: Direction.OUTBOUND, source: receiver, since: timestampFromDate(refused.since) };
  let matched = 0n;
  for await (const { event } of queue.retryMatching({ filter }, patience))
    if (event.case === "matched") matched = event.value;
  const request = { filter, expectedCount: matched, reason: "the receiver is mended", requestId: crypto.randomUUID() };
  for await (const { event } of queue.retryMatching(request, patience)) {
    if (event.case === "summary") bite("messages replayed", Number(event.value.retried));
  }
  log(`${matched} failed messages are sent again`);
  await eventually(
    "everything to be delivered",
    async () => {
      const { created, received, failed, processed } = await statesOf(mesh, refused.objectIds, refused.since);
      return created + received + failed === 0 && processed >= 2 * refused.objectIds.length;
    },
    { deadlineMs: 60_000, signal },
  );
  for (const objectId of refused.objectIds) await expectInOrder(mesh, objectId);
}

const receiver = "risk-portal";

/** One after the other, each with another name. */
async function rename({ mesh, random, workload, signal }: FaultRun, objectIds: readonly string[]): Promise<void> {
  for (const id of objectIds) {
    const fullName = `Общество с ограниченной ответственностью «Новое имя ${random.int(1, 1_000_000_000)}»`;
    await changeWorld(mesh, { op: "change", type: "counterparty", id, set: { fullName } }, signal);
    workload.written.note({ table: "counterparty", column: "full_name", id, value: fullName });
  }
}

async function statesOf(
  { databases: { registry: sql } }: Mesh,
  objectIds: readonly string[],
  since: Date,
): Promise<Record<"created" | "received" | "processed" | "failed", number>> {
  const [counts] = await sql<Record<"created" | "received" | "processed" | "failed", number>[]>`
    select count(*) filter (where request_state = 1)::int as created, count(*) filter (where request_state = 2)::int as received,
      count(*) filter (where request_state = 3)::int as processed, count(*) filter (where request_state = 4)::int as failed
    from integration_message
    where direction = 2 and source = ${receiver} and object_id = any(${[...objectIds]}::text[]) and date_time >= ${since}
  `;
  return counts ?? { created: 0, received: 0, processed: 0, failed: 0 };
}

/** @throws when the receiver has the messages of the object in another order than they were written, or lacks one */
async function expectInOrder(mesh: Mesh, objectId: string): Promise<void> {
  const { registry: sql } = mesh.databases;
  const written = await sql<{ id: string }[]>`
    select record_id::text as id from integration_message
    where direction = 2 and source = ${receiver} and object_id = ${objectId} and request_state = 3 order by counter
  `;
  const arrived = await readReceived(mesh, objectId);
  const [expected, found] = [written.map(({ id }) => id).join(), arrived.join()];
  if (expected !== found)
    throw new Error(`messages of ${objectId} were written as ${expected} and arrived as ${found}`);
}
