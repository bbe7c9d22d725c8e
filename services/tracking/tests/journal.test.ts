import { expect, setDefaultTimeout, test } from "bun:test";
import { Direction, IntegrationQueueService, MessageState } from "@dozor/proto/integration/v1/queue";
import { createGrpcClient } from "@dozor/runtime/client";
import { hoursAgo, startTracking, type Tracking } from "./harness.ts";
import { wireDevice } from "./wire.ts";
import { refusal, startXKeeperServer } from "./x-keeper-server.ts";

// Instances come up on a machine that is shared with other tests.
setDefaultTimeout(60_000);

function queueOf(mesh: Tracking) {
  const token = () => mesh.token("integration_admin");
  return createGrpcClient(IntegrationQueueService, { baseUrl: mesh.service.grpcUrl, token, timeoutMs: 30_000 });
}

test("every call of a provider is in the journal, with what was asked, its attempts and what came", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const queue = queueOf(mesh);
  await mesh.poll();
  const { messages } = await queue.listMessages({ filter: { source: "x-keeper", objectId: "poll" }, pageSize: 3 });
  expect(messages.map(({ requestType }) => requestType)).toEqual(["contacts", "zones", "devices"]);
  const { message, bodyJson, attempts } = await queue.getMessage({ recordId: messages[0]?.recordId ?? "" });
  expect(message).toMatchObject({
    direction: Direction.INBOUND,
    requestState: MessageState.PROCESSED,
    attemptCount: 1,
  });
  expect(attempts[0]).toMatchObject({ status: 200, error: "" });
  expect(JSON.parse(bodyJson)).toMatchObject({ since: expect.any(String), itemCount: 0, refusedCount: 0 });
});

test("a failed call stands in the journal until a later one of its kind succeeds", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const queue = queueOf(mesh);
  keeper.intercept = ({ path }) => (path === "zones" ? refusal(403, "forbidden") : undefined);
  await mesh.poll().catch(() => {});
  const failed = async () =>
    (await queue.listMessages({ filter: { states: [MessageState.FAILED] } })).messages.map(
      ({ requestType }) => requestType,
    );
  expect(await failed()).toEqual(["zones"]);
  const { groups } = await queue.listErrorGroups({});
  expect(groups).toMatchObject([{ requestType: "zones", count: 1n, example: expect.stringContaining("HTTP 403") }]);
  keeper.intercept = () => undefined;
  await mesh.poll();
  expect(await failed()).toEqual([]);
  const { counts } = await queue.listMessages({});
  expect(counts?.skipped).toBe(1n);
});

test("the administrator hears once that a provider began to fail, and again after it had recovered", async () => {
  using keeper = startXKeeperServer();
  using inbox = startNoticeInbox();
  const noticesTo = { url: inbox.url, secret: `whsec_${btoa("0123456789abcdef0123456789abcdef")}`, timeoutMs: 5_000 };
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }], noticesTo });
  const deliver = () => mesh.service.runNow("deliver-messages");
  keeper.intercept = ({ path }) => (path === "zones" ? refusal(403, "forbidden") : undefined);
  await mesh.poll().catch(() => {});
  await mesh.poll().catch(() => {});
  await deliver();
  expect(inbox.notices).toEqual([
    {
      type: "dozor.integration.call_failed",
      timestamp: expect.any(String),
      data: expect.objectContaining({ service: "tracking", source: "x-keeper", requestType: "zones" }),
    },
  ]);
  keeper.intercept = () => undefined;
  await mesh.poll();
  keeper.intercept = ({ path }) => (path === "zones" ? refusal(403, "forbidden") : undefined);
  await mesh.poll().catch(() => {});
  await deliver();
  expect(inbox.notices.length).toBe(2);
});

function startNoticeInbox(): Disposable & { url: string; notices: unknown[] } {
  const notices: unknown[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      notices.push(await request.json());
      return new Response(null, { status: 204 });
    },
  });
  return { url: `http://127.0.0.1:${server.port}/`, notices, [Symbol.dispose]: () => void server.stop(true) };
}

test("a refused item waits in the journal once, and goes when the provider sends it right", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const queue = queueOf(mesh);
  keeper.devices.push({ id: "x2", vin: 7 });
  await mesh.poll();
  await mesh.poll();
  const refused = { errorContains: "vin is not a text", requestType: "device" };
  const { messages } = await queue.listMessages({ filter: refused });
  expect(messages.map(({ objectId, requestState }) => [objectId, requestState])).toEqual([["x2", MessageState.FAILED]]);
  keeper.devices.splice(0, 1, wireDevice("x2", "", hoursAgo(1)));
  await mesh.poll();
  expect((await queue.listMessages({ filter: refused })).messages).toEqual([]);
  // The same broken item again is news again.
  keeper.devices.splice(0, 1, { id: "x2", vin: 7 });
  await mesh.poll();
  expect((await queue.listMessages({ filter: refused })).messages).toHaveLength(1);
});

test("a refused item that today's rules take is taken in by a retry, and a broken one says why again", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const queue = queueOf(mesh);
  keeper.devices.push({ id: "x2", vin: 7 }, { id: "x3", vin: 8 });
  await mesh.poll();
  const find = async (objectId: string) => (await queue.listMessages({ filter: { objectId } })).messages[0];
  const broken = await find("x2");
  const again = await queue.retryMessage({ recordId: broken?.recordId ?? "", reason: "try" });
  expect(again.message).toMatchObject({ requestState: MessageState.FAILED, description: "vin is not a text" });
  // As if the item had been refused by an older, stricter reader.
  await mesh.sql`alter table integration_message disable trigger integration_message_transition`;
  const readable = JSON.stringify(wireDevice("x3", "", hoursAgo(1)));
  await mesh.sql`
    update integration_message set body = jsonb_set(body, '{raw}', to_jsonb(${readable}::text)) where object_id = 'x3'`;
  await mesh.sql`alter table integration_message enable trigger integration_message_transition`;
  const mended = await find("x3");
  const taken = await queue.retryMessage({ recordId: mended?.recordId ?? "", reason: "the reader was mended" });
  expect(taken.message).toMatchObject({ requestState: MessageState.PROCESSED, description: "" });
  const rows = await mesh.sql`select external_id from device`;
  expect(rows.map(({ external_id }) => external_id)).toEqual(["x3"]);
});

test("a paused provider is not called until it is resumed", async () => {
  using keeper = startXKeeperServer();
  await using mesh = await startTracking({ providers: [{ baseUrl: keeper.url }] });
  const queue = queueOf(mesh);
  const key = { source: "x-keeper", direction: Direction.INBOUND };
  await queue.pauseQueue({ ...key, reason: "the provider is being moved" });
  keeper.calls.length = 0;
  await mesh.poll();
  expect(keeper.calls).toHaveLength(0);
  await queue.resumeQueue(key);
  await mesh.poll();
  expect(keeper.calls.length).toBeGreaterThan(0);
});
