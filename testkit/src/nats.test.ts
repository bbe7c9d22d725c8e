import { expect, test } from "bun:test";
import { connect } from "nats";
import { testNats } from "./nats.ts";

test("streams and buckets of a test are gone after it", async () => {
  const nats = await testNats();
  const connection = await connect({ servers: nats.url });
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: `${nats.prefix}_ASSETS`, subjects: [`${nats.subjectPrefix}.asset.*`] });
  await connection.jetstream().views.kv(`${nats.prefix}_leases`);
  await nats[Symbol.asyncDispose]();
  const left: string[] = [];
  for await (const stream of manager.streams.list()) left.push(stream.config.name);
  expect(left.filter((name) => name.includes(nats.prefix))).toEqual([]);
  await connection.close();
});
