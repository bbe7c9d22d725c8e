import { expect, setDefaultTimeout, test } from "bun:test";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { RetryMatchingResponse } from "@dozor/proto/integration/v1/queue";
import { failedPrecondition } from "@dozor/runtime/errors";
import { appendOutbound } from "../src/journal.ts";
import { type Queue, startQueue } from "./queue-harness.ts";

setDefaultTimeout(60_000);

async function retryMatching(queue: Queue, request: object): Promise<RetryMatchingResponse["event"][]> {
  const events: RetryMatchingResponse["event"][] = [];
  for await (const { event } of queue.queue().retryMatching(request)) events.push(event);
  return events;
}

const resultsOf = (events: RetryMatchingResponse["event"][]) =>
  events.flatMap((event) => (event.case === "result" ? [[event.value.recordId, event.value.error]] : []));

test("what matches is counted first and nothing is done", async () => {
  await using queue = await startQueue();
  const failed = await queue.write({ state: 4, description: "HTTP 503" });
  await queue.write({ state: 3 });
  const events = await retryMatching(queue, { filter: {} });
  expect(events).toMatchObject([
    { case: "matched", value: 1n },
    { case: "summary", value: { retried: 0n, refused: 0n } },
  ]);
  expect(await queue.stateOf(failed)).toBe(4);
});

test("all failed since a time are sent again, each told of, and nothing older", async () => {
  await using queue = await startQueue();
  const dayAgo = new Date(Date.now() - 86_400_000);
  const old = await queue.write({ state: 4, objectId: "old", description: "HTTP 503", dateTime: dayAgo });
  const failed: string[] = [];
  for (let number = 0; number < 3; number += 1)
    failed.push(await queue.write({ state: 4, objectId: `A-${number}`, description: "HTTP 503" }));
  const since = timestampFromDate(new Date(Date.now() - 3_600_000));
  const events = await retryMatching(queue, { filter: { since }, expectedCount: 3n, reason: "portal is back" });
  expect(resultsOf(events)).toEqual(failed.map((recordId) => [recordId, ""]));
  expect(events.at(-1)).toMatchObject({ case: "summary", value: { retried: 3n, refused: 0n } });
  expect(await Promise.all([old, ...failed].map((recordId) => queue.stateOf(recordId)))).toEqual([4, 1, 1, 1]);
  expect(await queue.actions()).toHaveLength(3);
});

test("a count that is not the expected one any more stops everything", async () => {
  await using queue = await startQueue();
  const failed = await queue.write({ state: 4, description: "HTTP 503" });
  const call = retryMatching(queue, { filter: {}, expectedCount: 7n });
  expect(await call.catch((error: unknown) => ConnectError.from(error).code)).toBe(Code.FailedPrecondition);
  expect(await queue.stateOf(failed)).toBe(4);
});

test("more than one batch is carried out, in the order of the lanes", async () => {
  await using queue = await startQueue();
  await queue.database.transaction("write", async (tx) => {
    const messages = Array.from({ length: 1_203 }, (_, n) => ({ objectId: `A-${n}` }));
    await appendOutbound(
      tx,
      messages.map(({ objectId }) => ({ objectId, source: "risk-portal", requestType: "asset.changed", body: {} })),
    );
    for (const state of [2, 4]) await tx`update integration_message set request_state = ${state}`;
  });
  const events = await retryMatching(queue, { filter: { source: "risk-portal" }, expectedCount: 1_203n });
  expect(events.at(-1)).toMatchObject({ case: "summary", value: { retried: 1_203n } });
  const [row] = await queue.sql<
    { count: number }[]
  >`select count(*) as count from integration_message where request_state = 1`;
  expect(row?.count).toBe(1_203);
});

test("the same request repeated does nothing twice and tells the same", async () => {
  await using queue = await startQueue();
  const failed = [await queue.write({ state: 4, objectId: "A-1" }), await queue.write({ state: 4, objectId: "A-2" })];
  const request = { filter: {}, expectedCount: 2n, reason: "portal is back", requestId: "r-1" };
  const first = await retryMatching(queue, request);
  // It failed again in the meantime: the request does not touch it any more.
  await queue.sql`update integration_message set request_state = 2 where request_state = 1`;
  await queue.sql`update integration_message set request_state = 4, description = 'HTTP 503' where request_state = 2`;
  const again = await retryMatching(queue, request);
  expect(resultsOf(again)).toEqual(resultsOf(first));
  expect(await Promise.all(failed.map((recordId) => queue.stateOf(recordId)))).toEqual([4, 4]);
  expect(await queue.actions()).toHaveLength(2);
});

test("a request that was cut off in the middle goes on where it was", async () => {
  await using queue = await startQueue();
  const first = await queue.write({ state: 4, objectId: "A-1" });
  const second = await queue.write({ state: 4, objectId: "A-2" });
  await retryMatching(queue, { filter: { objectId: "A-1" }, expectedCount: 1n, requestId: "r-1" });
  const events = await retryMatching(queue, { filter: {}, expectedCount: 2n, requestId: "r-1" });
  expect(resultsOf(events)).toEqual([
    [first, ""],
    [second, ""],
  ]);
});

test("one that cannot be read again does not keep the others from being taken in", async () => {
  const unreadable = new Set<string>();
  await using queue = await startQueue({
    reread: async (_tx, { objectId, recordId }) => {
      if (unreadable.has(recordId)) throw failedPrecondition("nothing is left of it");
      return objectId === "bad" ? "still bad" : "";
    },
  });
  const inbound = (objectId: string) =>
    queue.write({ direction: 1, source: "1c", objectId, state: 4, description: "bad" });
  const [gone, bad, good] = [await inbound("gone"), await inbound("bad"), await inbound("good")];
  unreadable.add(gone);
  const events = await retryMatching(queue, { filter: { source: "1c" }, expectedCount: 3n });
  expect(resultsOf(events)).toEqual([
    [gone, "nothing is left of it"],
    [bad, "still bad"],
    [good, ""],
  ]);
  expect(events.at(-1)).toMatchObject({ case: "summary", value: { retried: 1n, refused: 2n } });
  expect(await Promise.all([gone, bad, good].map((recordId) => queue.stateOf(recordId)))).toEqual([4, 4, 3]);
});
