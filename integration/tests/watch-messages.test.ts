import { expect, setDefaultTimeout, test } from "bun:test";
import { MessageState, type WatchMessagesResponse } from "@dozor/proto/integration/v1/queue";
import type { Queryable } from "@dozor/runtime/database";
import { startQueue } from "./queue-harness.ts";

setDefaultTimeout(60_000);

type Event = WatchMessagesResponse["event"];

/** The next event that fits; gives up after the deadline of the call. */
async function next(events: AsyncIterator<WatchMessagesResponse>, fits: (event: Event) => boolean): Promise<Event> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error("the watch ended before what was awaited");
    if (fits(value.event)) return value.event;
  }
}

test("a watch begins with the counts and tells every change that matches", async () => {
  await using queue = await startQueue();
  await queue.write({ state: 4, description: "HTTP 503" });
  const leaving = new AbortController();
  const call = queue
    .queue()
    .watchMessages({ filter: { source: "risk-portal" } }, { signal: leaving.signal, timeoutMs: 30_000 });
  const events = call[Symbol.asyncIterator]();
  expect((await events.next()).value?.event).toMatchObject({ case: "counts", value: { failed: 1n } });
  await queue.write({ source: "other" });
  const written = await queue.write({ objectId: "A-2", state: 1 });
  const isOf = (recordId: string) => (event: Event) => event.case === "changed" && event.value.recordId === recordId;
  expect(await next(events, isOf(written))).toMatchObject({ value: { requestState: MessageState.CREATED } });
  await queue.sql`update integration_message set request_state = 2 where record_id = ${written}`;
  expect(await next(events, isOf(written))).toMatchObject({ value: { requestState: MessageState.RECEIVED } });
  leaving.abort();
});

test("a change of a transaction that commits late is told too", async () => {
  await using queue = await startQueue();
  const call = queue.queue().watchMessages({}, { timeoutMs: 30_000 });
  const events = call[Symbol.asyncIterator]();
  await events.next();
  const late = crypto.randomUUID();
  const insert = (sql: Queryable, recordId: string) => sql`
    insert into integration_message (record_id, direction, source, object_id, request_type, body, request_state)
    values (${recordId}, 2, 'risk-portal', ${recordId}, 'asset.changed', '{}', 1)`;
  const early = crypto.randomUUID();
  await queue.database.transaction("late", async (tx) => {
    await insert(tx, late);
    await insert(queue.sql, early);
    await next(events, (event) => event.case === "changed" && event.value.recordId === early);
  });
  const event = await next(events, (each) => each.case === "changed" && each.value.recordId === late);
  expect(event.case).toBe("changed");
});

test("more changes than one look can tell are told as new counts", async () => {
  await using queue = await startQueue();
  const call = queue.queue().watchMessages({}, { timeoutMs: 30_000 });
  const events = call[Symbol.asyncIterator]();
  await events.next();
  await queue.sql`
    insert into integration_message (record_id, direction, source, object_id, request_type, body, request_state)
    select gen_random_uuid(), 2, 'risk-portal', 'A-' || n, 'asset.changed', '{}', 1 from generate_series(1, 700) n`;
  expect(await next(events, ({ case: kind }) => kind === "counts")).toMatchObject({ value: { created: 700n } });
});

test("a watch ends when the service stops", async () => {
  await using queue = await startQueue();
  const events = queue.queue().watchMessages({}, { timeoutMs: 30_000 })[Symbol.asyncIterator]();
  await events.next();
  const ended = events.next().then(
    () => "told",
    () => "ended",
  );
  await queue.server.stop();
  expect(await ended).toBe("ended");
});
