// How fast does what the journal holds reach a receiver that answers at once? Messages are written, delivered one at a time per object, and settled.

import { deliverMessages } from "@dozor/integration/deliver";
import { appendOutbound } from "@dozor/integration/journal";
import { integrationMigrations } from "@dozor/integration/migrations";
import { receiverSender } from "@dozor/integration/receivers/receiver-sender";
import { peakRssMiBOf } from "@dozor/mesh/process-table";
import type { JobRun } from "@dozor/runtime/job";
import { testDatabase } from "@dozor/testkit/database";
import { readBenchOptions } from "./harness/options.ts";
import { printReport, timed } from "./harness/report.ts";

const options = readBenchOptions({ messages: 1_500, objects: 500, bytes: 500, batch: 500 });
const { messages, objects, bytes, batch } = options;
const parallelMax = 8;
const filling = "x".repeat(bytes);
const requestType = "asset.changed";
const body = (number: number) => ({ type: requestType, timestamp: "2026-03-02T06:00:00Z", data: { number, filling } });

await using db = await testDatabase([integrationMigrations], { poolMax: 8 });
let received = 0;
using receiver = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    await request.arrayBuffer();
    received += 1;
    return new Response("{}");
  },
});

const sender = receiverSender({
  name: "bench",
  url: receiver.url.href,
  secret: "of-this-bench",
  timeoutMs: 10_000,
  parallelMax,
  objects: ["asset"],
});
const measured = await timed("written, delivered and settled", messages, async () => {
  for (let from = 0; from < messages; from += batch) {
    const numbers = Array.from({ length: Math.min(batch, messages - from) }, (_, index) => from + index);
    const outbound = numbers.map((number) => ({
      source: "bench",
      objectId: `asset-${number % objects}`,
      requestType,
      objectVersion: String(number),
      body: body(number),
    }));
    await db.database.transaction("bench.append", (tx) => appendOutbound(tx, outbound));
  }
  const run: JobRun = {
    signal: new AbortController().signal,
    epoch: 1,
    commit: (name, work) => db.database.transaction(name, work),
  };
  await deliverMessages({ service: "bench", senders: [sender], channels: [] }).runOnce(db, run);
});
const peakRssMiB = peakRssMiBOf(process.pid);
const [settled] = await db.sql<{ count: number }[]>`
  select count(*)::int as count from integration_message where request_state = 3`;
if (settled?.count !== messages || received !== messages) {
  throw new Error(`deliver ${messages} messages: ${received} were received and ${settled?.count} settled`);
}

const bare = await timed("the same bodies posted by a loop of fetch", messages, async () => {
  let next = 0;
  const post = async () => {
    while (next < messages) {
      const text = JSON.stringify(body(next++));
      const answer = await fetch(receiver.url, {
        method: "POST",
        body: text,
        headers: { "content-type": "application/json" },
      });
      await answer.text();
    }
  };
  await Promise.all(Array.from({ length: parallelMax }, post));
});

const load = `${messages} messages of ${objects} objects, ${bytes} bytes, ${parallelMax} in flight`;
printReport({ bench: "journal", load, measured, ceilings: [bare], peakRssMiB }, options.json);
