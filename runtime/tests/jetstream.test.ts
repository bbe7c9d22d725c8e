import { expect, test } from "bun:test";
import { leaseBucket, makeMissing, provision, verify } from "../src/jetstream.ts";
import { openPull } from "../src/pull.ts";
import { testNats } from "./test-nats.ts";

test("provisioning may be repeated and raced, and afterwards everything is as configured", async () => {
  await using t = await testNats();
  const results = await Promise.all([provision(t.nats, t.topology), provision(t.nats, t.topology)]);
  expect(results.flatMap((result) => result.created)).toContain(t.stream);
  expect(await provision(t.nats, t.topology)).toEqual({ created: [] });
  await verify(t.nats, t.topology);
});

test("a start names every difference at once", async () => {
  await using t = await testNats();
  await provision(t.nats, t.topology);
  const [stream] = t.topology.streams;
  if (stream === undefined) throw new Error("no stream");
  const wanted = { streams: [{ ...stream, maxAgeMs: 1_000 }], consumers: [{ stream: t.stream, durable: "other" }] };
  await expect(verify(t.nats, wanted)).rejects.toThrow(
    /max_age is 600000000000, not 1000000000\n.*consumer other of .* does not exist/,
  );
});

test("what is missing is made, and what differs stays as it is for a start to refuse", async () => {
  await using t = await testNats();
  await provision(t.nats, t.topology);
  const [stream] = t.topology.streams;
  if (stream === undefined) throw new Error("no stream");
  await t.nats.manager.consumers.delete(t.stream, t.durable);
  const wanted = { ...t.topology, streams: [{ ...stream, maxBytes: 20_000_000 }] };
  expect(await makeMissing(t.nats, wanted)).toEqual([`${t.stream}/${t.durable}`]);
  await expect(verify(t.nats, wanted)).rejects.toThrow(/max_bytes is \d+, not 20000000/);
  await t.nats.manager.streams.delete(t.stream);
  expect(await makeMissing(t.nats, wanted)).toEqual([t.stream, `${t.stream}/${t.durable}`]);
  await verify(t.nats, wanted);
});

test("limits which may change are changed by provisioning", async () => {
  await using t = await testNats();
  await provision(t.nats, t.topology);
  const [stream] = t.topology.streams;
  if (stream === undefined) throw new Error("no stream");
  const wanted = { ...t.topology, streams: [{ ...stream, maxBytes: 20_000_000 }] };
  expect(await provision(t.nats, wanted)).toEqual({ created: [] });
  await verify(t.nats, wanted);
});

test("the lease bucket exists once whoever asks first", async () => {
  await using t = await testNats();
  const spec = { bucket: t.prefix, ttlMs: 1_500 };
  const [first, second] = await Promise.all([leaseBucket(t.nats, spec), leaseBucket(t.nats, spec)]);
  await first.create("job", "a");
  await expect(second.create("job", "b")).rejects.toThrow(/wrong last sequence/);
});

test("what was fetched and not taken is given back at once", async () => {
  await using t = await testNats();
  await provision(t.nats, t.topology);
  for (let n = 0; n < 5; n++) await t.nats.jetstream.publish(`${t.prefix}.a`, String(n));
  const signal = AbortSignal.timeout(5_000);
  const first = openPull(t.nats, { stream: t.stream, durable: t.durable, batchMax: 5 });
  const taken = await first.take(signal);
  for (const delivery of taken) delivery.nak(0);
  first.close();
  const second = openPull(t.nats, { stream: t.stream, durable: t.durable, batchMax: 5 });
  const seen: string[] = [];
  while (seen.length < 5) {
    for (const delivery of await second.take(signal)) {
      seen.push(new TextDecoder().decode(delivery.bytes));
      expect(delivery.streamSequence).toBeGreaterThan(0);
      delivery.ack();
    }
  }
  second.close();
  expect(seen.sort()).toEqual(["0", "1", "2", "3", "4"]);
});

test("a pull ends with an error when its consumer is deleted", async () => {
  await using t = await testNats();
  await provision(t.nats, t.topology);
  const pull = openPull(t.nats, { stream: t.stream, durable: t.durable, batchMax: 5 });
  const taking = pull.take(AbortSignal.timeout(8_000)).catch((error: Error) => error.message);
  await t.nats.connection.flush();
  await t.nats.manager.consumers.delete(t.stream, t.durable);
  expect(String(await taking)).toMatch(/pull from reader/);
  pull.close();
});
