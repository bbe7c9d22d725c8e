import type { Topology } from "../src/jetstream.ts";
import { silentLog } from "../src/log.ts";
import { connectNats, type Nats } from "../src/nats-connection.ts";

export type TestNats = AsyncDisposable & {
  nats: Nats;
  prefix: string;
  url: string;
  topology: Topology;
  stream: string;
  durable: string;
};

/** A stream, a durable consumer and a lease bucket of its own, not yet provisioned; removed when disposed. */
export async function testNats({ ackWaitMs = 30_000, maxBytes = 10_000_000 } = {}): Promise<TestNats> {
  const url = process.env.DOZOR_TEST_NATS_URL;
  if (url === undefined) throw new Error("DOZOR_TEST_NATS_URL is not set: run ./dozor test");
  const prefix = `rt${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
  const nats = await connectNats({ url, name: prefix, log: silentLog });
  const topology: Topology = {
    streams: [{ name: prefix, subjects: [`${prefix}.>`], maxBytes, maxAgeMs: 600_000 }],
    consumers: [{ stream: prefix, durable: "reader", ackWaitMs, maxAckPending: 1_000 }],
    leaseBucket: { bucket: prefix, ttlMs: 1_500 },
  };
  return {
    nats,
    prefix,
    url,
    topology,
    stream: prefix,
    durable: "reader",
    async [Symbol.asyncDispose]() {
      for (const name of [prefix, `KV_${prefix}`]) await nats.manager.streams.delete(name).catch(() => {});
      await nats[Symbol.asyncDispose]();
    },
  };
}
