import { fixedClock } from "@dozor/runtime/clock";
import type { JobRun } from "@dozor/runtime/job";
import { start } from "@dozor/simulators/receiver/server";
import { testDatabase } from "@dozor/testkit/database";
import { type DeliveryOptions, deliverMessages } from "../src/deliver.ts";
import { appendOutbound } from "../src/journal.ts";
import { integrationMigrations } from "../src/migrations.ts";
import { noticeSender } from "../src/notices/notice-sender.ts";
import { webhookChannel } from "../src/notices/webhook-channel.ts";
import { receiverSender } from "../src/receivers/receiver-sender.ts";

const secret = "a-secret-of-this-test";

export type Delivery = Awaited<ReturnType<typeof startDelivery>>;

/** A journal, a simulated receiver and the job between them, whose pauses between attempts are none unless they are given. */
export async function startDelivery({ delaysMs = [0, 0, 0] }: { delaysMs?: readonly number[] } = {}) {
  await using stack = new AsyncDisposableStack();
  const { database, sql } = stack.use(await testDatabase([integrationMigrations]));
  const receiver = stack.use(await start({ secret }));
  const address = { secret, timeoutMs: 5_000 };
  const channel = webhookChannel({ ...address, url: `${receiver.url}/notices` });
  const receiverOf = (name: string) =>
    receiverSender({ ...address, name, url: `${receiver.url}/objects`, objects: ["asset"], parallelMax: 4 });
  const options: DeliveryOptions = {
    service: "registry",
    senders: [noticeSender(channel), receiverOf("portal"), receiverOf("archive")],
    channels: [channel],
    delaysMs,
    clock: fixedClock(new Date("2026-03-02T06:00:00Z")),
    random: () => 0.5,
  };
  let epoch = 0;
  const owned = stack.move();
  return {
    sql,
    database,
    options,
    receiver,
    async append(...messages: { objectId: string; version: number; source?: string }[]): Promise<string[]> {
      return await database.transaction("test.append", (tx) =>
        appendOutbound(
          tx,
          messages.map(({ objectId, version, source = "portal" }) => ({
            ...{ source, objectId, requestType: "asset.changed", objectVersion: String(version) },
            body: {
              type: "asset.changed",
              timestamp: "2026-03-02T06:00:00Z",
              data: { header: { externalId: objectId, version: String(version) } },
            },
          })),
        ),
      );
    },
    /** Runs the job once under the next epoch. */
    async run(signal = new AbortController().signal): Promise<void> {
      epoch += 1;
      const run: JobRun = { signal, epoch, commit: (name, work) => database.transaction(name, work) };
      await deliverMessages(options).runOnce({ database }, run);
    },
    /** Whether a tick would run the job. */
    isDue: async () => await deliverMessages(options).isDue?.({ database }),
    async administer(name: string, body: unknown): Promise<void> {
      const answer = await fetch(`${receiver.url}/_admin/${name}`, { method: "POST", body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`administer the receiver: ${await answer.text()}`);
    },
    async accepted(): Promise<string[]> {
      const answer = await fetch(`${receiver.url}/_admin/accepted`);
      const { accepted }: { accepted: { objectId: string; version: string }[] } = await answer.json();
      return accepted.map(({ objectId, version }) => `${objectId} ${version}`);
    },
    async notices(): Promise<{ id: string; notice: Record<string, unknown> }[]> {
      const answer = await fetch(`${receiver.url}/_admin/notices`);
      const { notices }: { notices: { id: string; notice: Record<string, unknown> }[] } = await answer.json();
      return notices;
    },
    async message(recordId: string) {
      const [row] = await sql<{ state: number; attempts: number; description: string; failures: number }[]>`
        select request_state as state, attempts, description, failures from integration_message where record_id = ${recordId}`;
      return row;
    },
    async attempts(recordId: string): Promise<{ number: number; status: number | null; isOpen: boolean }[]> {
      return await sql<{ number: number; status: number | null; isOpen: boolean }[]>`
        select number, status, duration_ms is null as "isOpen" from integration_attempt where record_id = ${recordId} order by number`;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
