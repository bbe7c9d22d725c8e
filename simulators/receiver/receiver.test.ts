import { afterEach, beforeEach, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import type { Simulator } from "../harness/simulator.ts";
import { administer, stateOf } from "../harness/testing.ts";
import { start } from "./server.ts";

const secret = "a-secret-of-this-test";
let receiver: Simulator;
beforeEach(async () => {
  receiver = await start({ secret });
});
afterEach(() => receiver[Symbol.asyncDispose]());

function send(id: string, objectId: string, version: string, { key = secret, at = Date.now() } = {}) {
  const body = JSON.stringify({
    type: "asset.changed",
    timestamp: new Date(at).toISOString(),
    data: { header: { externalId: objectId, version } },
  });
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
  return fetch(`${receiver.url}/objects`, { method: "POST", body, headers });
}

test("an object is kept with its versions, and a repeat is no second one", async () => {
  expect(await (await send("m-1", "A-1", "1")).text()).toBe("accepted");
  expect(await (await send("m-1", "A-1", "1")).text()).toBe("repeated");
  expect(await (await send("m-2", "A-1", "2")).text()).toBe("accepted");
  const object = await (await fetch(`${receiver.url}/_admin/object?id=A-1`)).json();
  expect(object).toMatchObject({ versions: ["1", "2"], recordIds: ["m-1", "m-2"] });
  expect(await stateOf(receiver)).toMatchObject({ acceptedCount: 2, repeats: 1 });
});

test("a wrong signature and an old one are refused", async () => {
  expect((await send("m-1", "A-1", "1", { key: "another" })).status).toBe(401);
  expect((await send("m-1", "A-1", "1", { at: Date.now() - 3_600_000 })).status).toBe(401);
  expect(await stateOf(receiver)).toMatchObject({ acceptedCount: 0 });
});

test("one object is refused until it is accepted again, while others go on", async () => {
  await administer(receiver, "refuse", { objectId: "A-1", status: 422, body: "no such kind" });
  expect((await send("m-1", "A-1", "1")).status).toBe(422);
  expect((await send("m-2", "A-2", "1")).status).toBe(200);
  await administer(receiver, "accept", { objectId: "A-1" });
  expect((await send("m-1", "A-1", "1")).status).toBe(200);
});

test("an answer can be lost after the object was kept", async () => {
  await administer(receiver, "faults", { endpoint: "objects", cutAfterBytes: 0 });
  await expect(send("m-1", "A-1", "1").then((response) => response.text())).rejects.toThrow();
  expect(await stateOf(receiver)).toMatchObject({ acceptedCount: 1 });
});
