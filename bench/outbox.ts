// How fast does what was committed reach the stream? Rows are written in transactions while the relay publishes them, until all are marked.

import { peakRssMiBOf } from "@dozor/mesh/process-table";
import { silentLog } from "@dozor/runtime/log";
import { migrate } from "@dozor/runtime/migrate";
import { type OutboxMessage, outboxAppend } from "@dozor/runtime/outbox";
import { startOutboxRelay } from "@dozor/runtime/outbox-relay";
import { testDatabase } from "@dozor/testkit/database";
import { benchBus, publishBare } from "./harness/bench-bus.ts";
import { readBenchOptions } from "./harness/options.ts";
import { printReport, timed } from "./harness/report.ts";

const options = readBenchOptions({ rows: 20_000, bytes: 500, batch: 500 });
const { rows, bytes, batch } = options;
const schema = "google.protobuf.BytesValue";
const payload = new Uint8Array(bytes).fill(7);
const message = (index: number) => {
  const key = `asset-${index % 1_000}`;
  return { id: Bun.randomUUIDv7(), topic: "asset", key, schema, payload } satisfies OutboxMessage;
};

await using db = await testDatabase([], { poolMax: 8 });
await migrate(db.database, []);
await using bus = await benchBus(rows * (bytes + 1_000));
const [measuredStream, ceilingStream] = bus.streams;

const measured = await timed("written, published and marked", rows, async () => {
  await using relay = startOutboxRelay({
    database: db.database,
    nats: bus.nats,
    topology: bus.topology,
    subjectOf: (topic, lane) => `${measuredStream}.${topic}.${lane}`,
    log: silentLog,
  });
  for (let from = 0; from < rows; from += batch) {
    const messages = Array.from({ length: Math.min(batch, rows - from) }, (_, index) => message(from + index));
    await db.database.transaction("bench.append", (tx) => outboxAppend(tx, messages));
  }
  await relay.drain();
});
const peakRssMiB = peakRssMiBOf(process.pid);

const { state } = await bus.nats.manager.streams.info(measuredStream);
if (state.messages !== rows) throw new Error(`publish ${rows} rows: the stream has ${state.messages}`);

const bare = await timed("the same messages published without Postgres", rows, () =>
  publishBare(bus, bareMessages(rows, ceilingStream)),
);

await db.sql`create table copied (like runtime.outbox including all)`;
const copy = await timed("COPY of the same rows into the same columns", rows, async () => {
  const into = await db.sql`copy copied (id, lane, topic, key, schema, payload) from stdin`.writable();
  const hex = Buffer.from(payload).toString("hex");
  const closed = Promise.withResolvers<void>();
  into.once("finish", () => closed.resolve()).once("error", closed.reject);
  for (let from = 0; from < rows; from += batch) {
    const lines = Array.from({ length: Math.min(batch, rows - from) }, (_, index) => {
      const { id, topic, key } = message(from + index);
      return `${id}\t${(from + index) % 8}\t${topic}\t${key}\t${schema}\t\\\\x${hex}\n`;
    });
    if (!into.write(lines.join(""))) await new Promise((resolve) => into.once("drain", resolve));
  }
  into.end();
  await closed.promise;
});
const [copied] = await db.sql<{ count: number }[]>`select count(*)::int as count from copied`;
if (copied?.count !== rows) throw new Error(`copy ${rows} rows: ${copied?.count} arrived`);

const load = `${rows} rows of ${bytes} bytes, ${batch} a transaction`;
printReport({ bench: "outbox", load, measured, ceilings: [bare, copy], peakRssMiB }, options.json);

function* bareMessages(count: number, stream: string) {
  for (let index = 0; index < count; index += 1) {
    const { id, topic } = message(index);
    yield { id, subject: `${stream}.${topic}.${index % 8}`, schema, payload };
  }
}
