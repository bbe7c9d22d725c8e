import { expect, setDefaultTimeout, test } from "bun:test";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { Direction, MessageState } from "@dozor/proto/integration/v1/queue";
import { failedPrecondition } from "@dozor/runtime/errors";
import { fingerprintOf } from "../src/fingerprint.ts";
import { beginCall, endCall } from "../src/journal.ts";
import { type Queue, startQueue } from "./queue-harness.ts";

setDefaultTimeout(60_000);

const codeOf = async (call: Promise<unknown>): Promise<Code | undefined> =>
  await call.then(
    () => undefined,
    (error: unknown) => ConnectError.from(error).code,
  );

async function listed(queue: Queue, filter: object): Promise<string[]> {
  const { messages } = await queue.queue().listMessages({ filter });
  return messages.map(({ recordId }) => recordId);
}

test("a stuck message is found by every word an administrator may know of it", async () => {
  await using queue = await startQueue();
  const entityId = crypto.randomUUID();
  const unknownColour = "risk-portal отвечает HTTP 422: Неизвестный ЦВЕТ";
  const yesterday = new Date(Date.now() - 86_400_000);
  const old = await queue.write({ objectId: "A-1", dateTime: yesterday });
  const stuck = await queue.write({
    objectId: "A-2",
    entityId,
    state: 4,
    description: unknownColour,
  });
  const refused = await queue.write({
    direction: 1,
    source: "1c",
    objectId: "A-2",
    requestType: "Catalog_ПредметыЛизинга",
    state: 4,
    description: "invalid_date",
  });
  const waiting = await queue.write({ objectId: "A-2", state: 1 });
  expect(await listed(queue, {})).toEqual([waiting, refused, stuck, old]);
  expect(await listed(queue, { states: [MessageState.FAILED] })).toEqual([refused, stuck]);
  expect(await listed(queue, { states: [MessageState.FAILED, MessageState.CREATED] })).toEqual([
    waiting,
    refused,
    stuck,
  ]);
  expect(await listed(queue, { states: [MessageState.PROCESSED, MessageState.CREATED] })).toEqual([waiting, old]);
  expect(await listed(queue, { errorContains: "неизвестный цвет" })).toEqual([stuck]);
  expect(await listed(queue, { fingerprint: fingerprintOf(unknownColour) })).toEqual([stuck]);
  expect(await listed(queue, { entityId })).toEqual([stuck]);
  expect(await listed(queue, { objectId: "A-2" })).toEqual([waiting, refused, stuck]);
  expect(await listed(queue, { objectId: "A-2", direction: Direction.INBOUND })).toEqual([refused]);
  expect(await listed(queue, { source: "1c" })).toEqual([refused]);
  expect(await listed(queue, { requestType: "Catalog_ПредметыЛизинга" })).toEqual([refused]);
  const hourAgo = timestampFromDate(new Date(Date.now() - 3_600_000));
  expect(await listed(queue, { until: hourAgo })).toEqual([old]);
  expect(await listed(queue, { since: hourAgo })).toEqual([waiting, refused, stuck]);
  const { counts } = await queue.queue().listMessages({ filter: { states: [MessageState.FAILED] } });
  expect(counts).toMatchObject({ created: 1n, received: 0n, processed: 1n, failed: 2n, skipped: 0n });
});

test("a period with messages on both sides of it gives exactly those within", async () => {
  await using queue = await startQueue();
  const start = new Date("2026-11-20T00:00:00Z").getTime();
  const at = (hours: number) => new Date(start + hours * 3_600_000);
  const written: string[] = [];
  for (let hour = 0; hour < 10; hour += 1) written.push(await queue.write({ dateTime: at(hour) }));
  const within = await listed(queue, { since: timestampFromDate(at(3)), until: timestampFromDate(at(6)) });
  expect(within).toEqual([written[5], written[4], written[3]].map(String));
});

test("a list that is paged shows every message once, whatever is written meanwhile", async () => {
  await using queue = await startQueue();
  const written: string[] = [];
  for (let number = 0; number < 7; number += 1) written.push(await queue.write({ state: number % 2 === 0 ? 4 : 1 }));
  const filter = { states: [MessageState.FAILED, MessageState.CREATED] };
  const seen: string[] = [];
  for (let pageToken = ""; ; ) {
    const page = await queue.queue().listMessages({ filter, pageSize: 3, pageToken });
    seen.push(...page.messages.map(({ recordId }) => recordId));
    expect(page.counts === undefined).toBe(pageToken !== "");
    if (page.nextPageToken === "") break;
    pageToken = page.nextPageToken;
    await queue.write({ state: 4 });
  }
  expect(seen).toEqual(written.toReversed());
});

test("a message shows its body, its attempts and who waits behind it", async () => {
  await using queue = await startQueue();
  const failed = await queue.write({ state: 4, description: "HTTP 503" });
  await queue.sql`
    insert into integration_attempt (record_id, number, duration_ms, status, error)
    values (${failed}, 1, 1500, 503, 'HTTP 503'), (${failed}, 2, null, null, null)`;
  await queue.write({ state: 1 });
  await queue.write({ state: 1, objectId: "another" });
  const { message, bodyJson, attempts, waitingBehind } = await queue.queue().getMessage({ recordId: failed });
  expect(message).toMatchObject({ recordId: failed, attemptCount: 2, description: "HTTP 503" });
  expect(JSON.parse(bodyJson)).toEqual({ objectId: "A-1" });
  expect(attempts.map(({ number, status, error }) => [number, status, error])).toEqual([
    [1, 503, "HTTP 503"],
    [2, 0, "the outcome is not known"],
  ]);
  expect(attempts[0]?.duration).toMatchObject({ seconds: 1n, nanos: 500_000_000 });
  expect(waitingBehind).toBe(1);
  expect(await codeOf(queue.queue().getMessage({ recordId: crypto.randomUUID() }))).toBe(Code.NotFound);
});

test("a retried outbound message is to be sent again, by a named person for a named reason", async () => {
  await using queue = await startQueue();
  const failed = await queue.write({ state: 4, description: "HTTP 422" });
  const { message: before } = await queue.queue().getMessage({ recordId: failed });
  const etag = before?.etag ?? "";
  const { message } = await queue.queue().retryMessage({ recordId: failed, etag, reason: "the portal was mended" });
  expect(message?.requestState).toBe(MessageState.CREATED);
  expect(await queue.actions()).toEqual([
    { action: "retry", actor: "test-integration_admin", reason: "the portal was mended", recordId: failed },
  ]);
  expect(await codeOf(queue.queue().retryMessage({ recordId: failed, etag }))).toBe(Code.Aborted);
  expect(await codeOf(queue.queue().retryMessage({ recordId: failed }))).toBe(Code.FailedPrecondition);
});

test("a retried inbound message is read at once, and says why it is refused again", async () => {
  let isMended = false;
  await using queue = await startQueue({
    reread: async () => (isMended ? "" : "still no date"),
  });
  const failed = await queue.write({ direction: 1, source: "1c", state: 4, description: "no date" });
  const { message: refused } = await queue.queue().retryMessage({ recordId: failed, reason: "try" });
  expect(refused).toMatchObject({ requestState: MessageState.FAILED, description: "still no date" });
  isMended = true;
  const { message: taken } = await queue.queue().retryMessage({ recordId: failed, reason: "mapping mended" });
  expect(taken).toMatchObject({
    requestState: MessageState.PROCESSED,
    description: "",
    fingerprint: "",
    attemptCount: 2,
  });
});

test("a message that cannot be read again stays failed and says why", async () => {
  await using queue = await startQueue({
    reread: async () => {
      throw failedPrecondition("its quarantined record was forgotten");
    },
  });
  const failed = await queue.write({ direction: 1, state: 4, description: "no date" });
  expect(await codeOf(queue.queue().retryMessage({ recordId: failed }))).toBe(Code.FailedPrecondition);
  expect(await queue.stateOf(failed)).toBe(4);
  expect(await queue.actions()).toEqual([]);
});

test("a skipped message keeps its state, its reason and its lane moves on", async () => {
  await using queue = await startQueue();
  const failed = await queue.write({ state: 4, description: "HTTP 422" });
  await queue.write({ state: 1 });
  const blocked = async () => (await queue.queue().listBlockedLanes({})).lanes;
  expect(await blocked()).toMatchObject([
    { source: "risk-portal", objectId: "A-1", blockedBy: { recordId: failed }, waitingCount: 1 },
  ]);
  const { message } = await queue.queue().skipMessage({ recordId: failed, reason: "sold" });
  expect(message).toMatchObject({ requestState: MessageState.FAILED, skipReason: "sold" });
  expect(message?.skippedBy).toBe("test-integration_admin");
  expect(await blocked()).toEqual([]);
  expect(await listed(queue, { states: [MessageState.FAILED] })).toEqual([]);
  expect(await listed(queue, { states: [MessageState.FAILED], includeSkipped: true })).toEqual([failed]);
  expect(await codeOf(queue.queue().retryMessage({ recordId: failed }))).toBe(Code.FailedPrecondition);
  expect(await codeOf(queue.queue().skipMessage({ recordId: failed, reason: "again" }))).toBe(Code.FailedPrecondition);
});

test("a lane is held up by an outbound failure only, and an inbound failure waits for nobody", async () => {
  await using queue = await startQueue();
  await queue.write({ direction: 1, source: "1c", state: 4, description: "no date" });
  const first = await queue.write({ objectId: "A-1", state: 4, description: "HTTP 422" });
  const second = await queue.write({ objectId: "A-2", state: 4, description: "HTTP 422" });
  const page = await queue.queue().listBlockedLanes({ pageSize: 1 });
  const next = await queue.queue().listBlockedLanes({ pageSize: 1, pageToken: page.nextPageToken });
  expect([...page.lanes, ...next.lanes].map((lane) => lane.blockedBy?.recordId)).toEqual([first, second]);
  expect(next.nextPageToken).toBe("");
});

test("a queue and a lane are paused by somebody for a reason, once, and resumed", async () => {
  await using queue = await startQueue();
  const whole = { source: "1c", direction: Direction.INBOUND };
  const lane = { source: "risk-portal", direction: Direction.OUTBOUND, objectId: "A-1" };
  const { pause } = await queue.queue("operator").pauseQueue({ ...whole, reason: "1C is being moved" });
  expect(pause).toMatchObject({ source: "1c", pausedBy: "test-operator", reason: "1C is being moved" });
  expect(await codeOf(queue.queue().pauseQueue({ ...whole, reason: "again" }))).toBe(Code.AlreadyExists);
  await queue.queue().pauseQueue({ ...lane, reason: "look at it first" });
  const { pauses } = await queue.queue().listPauses({});
  expect(pauses.map(({ source, objectId }) => [source, objectId])).toEqual([
    ["1c", ""],
    ["risk-portal", "A-1"],
  ]);
  await queue.queue().resumeQueue(whole);
  expect(await codeOf(queue.queue().resumeQueue(whole))).toBe(Code.NotFound);
  expect((await queue.actions()).map(({ action }) => action)).toEqual(["pause", "pause", "resume"]);
});

test("equal errors are one group, the most frequent first", async () => {
  await using queue = await startQueue();
  for (const number of [1, 2, 3]) await queue.write({ state: 4, description: `no answer at ${number}` });
  await queue.write({ state: 4, description: "refused: HTTP 422" });
  const { groups } = await queue.queue().listErrorGroups({});
  expect(groups.map(({ count, example }) => [count, example])).toEqual([
    [3n, "no answer at 3"],
    [1n, "refused: HTTP 422"],
  ]);
});

test("only those who keep the integrations may look and act", async () => {
  await using queue = await startQueue();
  for (const role of ["viewer", "analyst", "lead", "service"] as const)
    expect(await codeOf(queue.queue(role).listMessages({}))).toBe(Code.PermissionDenied);
  expect((await queue.queue("operator").listMessages({})).messages).toEqual([]);
});

test("a call that its job repeats by itself holds no lane up and is not sent from here", async () => {
  await using queue = await startQueue();
  const recordId = await queue.database.transaction("call", async (tx) => {
    const call = { source: "1c", objectId: "message 7", requestType: "acknowledge", body: {} };
    const begun = await beginCall(tx, call);
    const attempt = { startedAt: new Date(), durationMs: 12, status: 500, error: "HTTP 500" };
    await endCall(tx, begun, { attempts: [attempt], error: "HTTP 500" });
    return begun;
  });
  expect((await queue.queue().listBlockedLanes({})).lanes).toEqual([]);
  expect(await codeOf(queue.queue().retryMessage({ recordId }))).toBe(Code.FailedPrecondition);
  expect(await queue.stateOf(recordId)).toBe(4);
  expect(await queue.actions()).toEqual([]);
});
