import { afterEach, beforeEach, expect, test } from "bun:test";
import { claimMessages } from "../src/store/delivery.ts";
import { type Delivery, startDelivery } from "./delivery-harness.ts";

let delivery: Delivery;
beforeEach(async () => {
  delivery = await startDelivery();
});
afterEach(() => delivery[Symbol.asyncDispose]());

const first = (ids: readonly string[]): string => ids[0] ?? "";

test("the messages of an object arrive in the order in which they were written, each once", async () => {
  for (let version = 1; version <= 5; version++)
    await delivery.append({ objectId: "A-1", version }, { objectId: "A-2", version });
  await delivery.run();
  const accepted = await delivery.accepted();
  expect(accepted.filter((each) => each.startsWith("A-1"))).toEqual(["A-1 1", "A-1 2", "A-1 3", "A-1 4", "A-1 5"]);
  expect(accepted.filter((each) => each.startsWith("A-2"))).toHaveLength(5);
  expect(await delivery.sql`select * from integration_lane`).toHaveLength(0);
});

test("a receiver that fails is tried three times more, then the message has failed and the administrator hears of it once", async () => {
  await delivery.administer("refuse", { objectId: "A-1", status: 503, body: "down" });
  const id = first(await delivery.append({ objectId: "A-1", version: 1 }));
  await delivery.run();
  await delivery.run();
  expect(await delivery.message(id)).toMatchObject({ state: 4, attempts: 4, failures: 1 });
  expect((await delivery.attempts(id)).map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  const notices = await delivery.notices();
  expect(notices).toHaveLength(1);
  expect(notices[0]?.notice).toMatchObject({ recordId: id, source: "portal", objectId: "A-1" });
});

test("a refusal is not repeated, says why, and is told once", async () => {
  await delivery.administer("refuse", { objectId: "A-1", status: 422, body: "no such kind" });
  const id = first(await delivery.append({ objectId: "A-1", version: 1 }));
  await delivery.run();
  const message = await delivery.message(id);
  expect(message).toMatchObject({ state: 4, attempts: 1 });
  expect(message?.description).toContain("no such kind");
  expect(await delivery.notices()).toHaveLength(1);
});

test("statuses that say later are repeated although they are 4xx, redirects are not", async () => {
  for (const [objectId, status] of [
    ["A-1", 408],
    ["A-2", 425],
    ["A-3", 429],
    ["A-4", 302],
  ] as const) {
    await delivery.administer("refuse", { objectId, status });
    const id = first(await delivery.append({ objectId, version: 1 }));
    await delivery.run();
    expect(await delivery.attempts(id)).toHaveLength(status === 302 ? 1 : 4);
  }
});

test("a receiver that asks to wait is not asked before", async () => {
  await delivery.administer("faults", { endpoint: "objects", status: 429, retryAfterSeconds: 60 });
  const id = first(await delivery.append({ objectId: "A-1", version: 1 }));
  await delivery.run();
  const [lane] = await delivery.sql`
    select next_attempt_at > clock_timestamp() + interval '50 seconds' as later from integration_lane`;
  expect(lane?.later).toBe(true);
  expect(await delivery.message(id)).toMatchObject({ state: 2, attempts: 1 });
});

test("a failed message holds its own lane up and no other", async () => {
  await delivery.administer("refuse", { objectId: "A-1", status: 400 });
  const id = first(await delivery.append({ objectId: "A-1", version: 1 }));
  await delivery.append({ objectId: "A-1", version: 2 }, { objectId: "A-2", version: 1 });
  await delivery.run();
  await delivery.administer("accept", {});
  await delivery.run();
  expect(await delivery.accepted()).toEqual(["A-2 1"]);
  await delivery.sql`update integration_message set request_state = 1, attempts = 0 where record_id = ${id}`;
  await delivery.run();
  expect(await delivery.accepted()).toEqual(["A-2 1", "A-1 1", "A-1 2"]);
});

test("no more lanes are taken than were asked for, whatever the database believes of the size of its tables", async () => {
  await delivery.append({ objectId: "A-1", version: 1 });
  await delivery.sql`vacuum analyze integration_lane`;
  await delivery.append(...["A-2", "A-3", "A-4"].map((objectId) => ({ objectId, version: 1 })));
  const claimed = await delivery.database.transaction("test.claim", (tx) =>
    claimMessages(tx, { source: "portal", epoch: 1, limit: 2 }),
  );
  expect(claimed.map(({ objectId }) => objectId).toSorted()).toEqual(["A-1", "A-2"]);
});

test("what waits behind a skipped message goes on", async () => {
  await delivery.administer("refuse", { objectId: "A-1", status: 400 });
  const id = first(await delivery.append({ objectId: "A-1", version: 1 }));
  await delivery.append({ objectId: "A-1", version: 2 });
  await delivery.run();
  await delivery.administer("accept", {});
  await delivery.sql`
    update integration_message set skipped_at = now(), skipped_by = 'ivanov', skip_reason = 'not needed' where record_id = ${id}`;
  await delivery.run();
  expect(await delivery.accepted()).toEqual(["A-1 2"]);
});

test("a message that fails again after a retry is told again, and its attempts are counted anew", async () => {
  await delivery.administer("refuse", { objectId: "A-1", status: 500 });
  const id = first(await delivery.append({ objectId: "A-1", version: 1 }));
  await delivery.run();
  await delivery.sql`update integration_message set request_state = 1, attempts = 0 where record_id = ${id}`;
  await delivery.run();
  expect(await delivery.attempts(id)).toHaveLength(8);
  expect(await delivery.message(id)).toMatchObject({ state: 4, attempts: 4, failures: 2 });
  expect(await delivery.notices()).toHaveLength(2);
});

test("paused lanes and queues are left alone until they are resumed", async () => {
  await delivery.append(
    { objectId: "A-1", version: 1 },
    { objectId: "A-2", version: 1 },
    { objectId: "A-3", version: 1, source: "archive" },
  );
  await delivery.sql`
    insert into integration_pause (direction, source, object_id, paused_by, reason)
    values (2, 'portal', 'A-1', 'ivanov', 'moves'), (2, 'archive', '', 'ivanov', 'moves')`;
  await delivery.run();
  expect(await delivery.accepted()).toEqual(["A-2 1"]);
  await delivery.sql`delete from integration_pause`;
  await delivery.run();
  expect((await delivery.accepted()).toSorted()).toEqual(["A-1 1", "A-2 1", "A-3 1"]);
});

test("an attempt of a process that died counts, stays open, and the message arrives all the same", async () => {
  const id = first(await delivery.append({ objectId: "A-1", version: 1 }));
  await delivery.database.transaction("test.claim", (tx) =>
    claimMessages(tx, { source: "portal", epoch: 0, limit: 4 }),
  );
  await delivery.run();
  expect(await delivery.attempts(id)).toEqual([
    { number: 1, status: null, isOpen: true },
    { number: 2, status: 200, isOpen: false },
  ]);
  expect(await delivery.message(id)).toMatchObject({ state: 3, attempts: 2 });
});

test("a message whose processes die each time fails after four attempts", async () => {
  const id = first(await delivery.append({ objectId: "A-1", version: 1 }));
  for (let epoch = -4; epoch < 0; epoch++) {
    await delivery.sql`update integration_lane set claimed_epoch = null, next_attempt_at = '-infinity'`;
    await delivery.database.transaction("test.claim", (tx) => claimMessages(tx, { source: "portal", epoch, limit: 4 }));
  }
  await delivery.run();
  expect(await delivery.message(id)).toMatchObject({ state: 4, attempts: 4 });
  expect(await delivery.accepted()).toEqual([]);
});

test("an answer that is lost after the receiver did the work brings the message again under the same id", async () => {
  await delivery.administer("faults", { endpoint: "objects", cutAfterBytes: 0 });
  await delivery.append({ objectId: "A-1", version: 1 }, { objectId: "A-1", version: 2 });
  await delivery.run();
  expect(await delivery.accepted()).toEqual(["A-1 1", "A-1 2"]);
});

test("a notice that cannot be told makes no further notice", async () => {
  await delivery.administer("refuse", { objectId: "A-1", status: 400 });
  await delivery.administer("faults", { endpoint: "notices", status: 400, times: 0 });
  await delivery.append({ objectId: "A-1", version: 1 });
  await delivery.run();
  const notices =
    await delivery.sql`select request_state as state from integration_message where request_type = 'notice.webhook'`;
  expect(notices.map(({ state }) => state)).toEqual([4]);
});

test("messages of a receiver that is not configured any more wait untouched", async () => {
  const id = first(await delivery.append({ objectId: "A-1", version: 1, source: "forgotten" }));
  await delivery.run();
  expect(await delivery.message(id)).toMatchObject({ state: 1, attempts: 0 });
  expect(await delivery.isDue()).toBe(false);
  await delivery.append({ objectId: "A-1", version: 1 });
  expect(await delivery.isDue()).toBe(true);
});
