import { expect, setDefaultTimeout, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startNatsServer } from "@dozor/mesh/nats-server";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { startWatchdog } from "@dozor/mesh/watchdog";
import { consumerInfo, makeMissing, type Topology } from "@dozor/runtime/jetstream";
import { silentLog } from "@dozor/runtime/log";
import { connectNats, type Nats } from "@dozor/runtime/nats-connection";
import { openPull } from "@dozor/runtime/pull";
import { freePort } from "@dozor/testkit/free-port";

setDefaultTimeout(90_000);

const stream = "LEFT";
const durable = "reader";
const topology: Topology = {
  streams: [{ name: stream, subjects: ["left.>"], maxBytes: 10_000_000 }],
  consumers: [{ stream, durable }],
};

// After a power cut ext4 may keep the directories of a stream and lose what was in its files: nats-server then gives the stream up, and to the consumer that
// is made anew it gives the old one's place.
test("a consumer of a stream that was lost with the power begins at the beginning, whatever its server finds of the old one", async () => {
  const dataDir = temporaryDataDir("dozor-leftover-");
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const watchdog = stack.use(startWatchdog());
  const port = await freePort();
  const server = stack.use(
    await startNatsServer({ dataDir, watchdog, port, monitorPort: await freePort(), version: undefined }),
  );
  const nats = stack.use(await connectNats({ url: server.url, name: "leftover", log: silentLog }));
  await makeMissing(nats, topology);
  await publish(nats, 20);
  expect(await readAll(nats)).toBe(20);

  // Stopping writes down where the consumer is; a power cut a while later finds it there as well.
  await server.child.stop();
  const kept = join(server.storeDir, "jetstream", "$G", "streams", stream);
  writeFileSync(join(kept, "meta.sum"), "");
  rmSync(join(kept, "msgs"), { recursive: true });
  const reconnected = Promise.withResolvers<void>();
  const forget = nats.onReconnect(reconnected.resolve);
  await server.start();
  await reconnected.promise;
  forget();

  expect(await makeMissing(nats, topology)).toEqual([stream, `${stream}/${durable}`]);
  await publish(nats, 3);
  expect(await readAll(nats)).toBe(3);
});

async function publish({ jetstream }: Nats, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await jetstream.publish(`left.${number}`, "x");
}

/** How many messages the consumer was given until nothing was pending. */
async function readAll(nats: Nats): Promise<number> {
  const pull = openPull(nats, { stream, durable, batchMax: 100 });
  try {
    for (let count = 0; ; ) {
      const info = await consumerInfo(nats, stream, durable);
      if (info?.num_pending === 0 && info.num_ack_pending === 0) return count;
      for (const delivery of await pull.take(AbortSignal.timeout(5_000))) {
        count += 1;
        delivery.ack();
      }
      await nats.connection.flush();
    }
  } finally {
    pull.close();
  }
}
