// How fast does what is in a stream have its effect in a database, once? The consumer enters its inbox and makes the effect in one transaction, and
// acknowledges after the commit.

import { create, toBinary } from "@bufbuild/protobuf";
import { BytesValueSchema } from "@bufbuild/protobuf/wkt";
import { peakRssMiBOf } from "@dozor/mesh/process-table";
import { type Consumer, startConsumer } from "@dozor/runtime/consume";
import { silentLog } from "@dozor/runtime/log";
import { migrate } from "@dozor/runtime/migrate";
import { testDatabase } from "@dozor/testkit/database";
import { type BenchBus, benchBus, publishBare } from "./harness/bench-bus.ts";
import { readBenchOptions } from "./harness/options.ts";
import { printReport, timed } from "./harness/report.ts";

const options = readBenchOptions({ messages: 20_000, bytes: 500, batch: 100 });
const { messages, bytes, batch } = options;
const payload = toBinary(BytesValueSchema, create(BytesValueSchema, { value: new Uint8Array(bytes).fill(7) }));

await using db = await testDatabase([], { poolMax: 8 });
await migrate(db.database, []);
await db.sql`create table effect (message_id uuid primary key, size int not null)`;
await using bus = await benchBus(messages * (bytes + 1_000));
const [measuredStream, ceilingStream] = bus.streams;
for (const stream of bus.streams) await publishBare(bus, sealed(messages, stream));

const effects: Consumer<object, typeof BytesValueSchema> = {
  name: "bench",
  schema: BytesValueSchema,
  batchMax: batch,
  async handle(_, tx, events) {
    await tx`
      insert into effect (message_id, size)
      select * from unnest(${events.map(({ id }) => id)}::uuid[], ${events.map(({ message }) => message.value.length)}::int[])`;
  },
};
const measured = await timed("inbox row and effect committed, then acknowledged", messages, async () => {
  const spec = { stream: measuredStream, durable: "reader" };
  const context = { context: {}, consumer: effects, spec, topology: bus.topology };
  await using consumer = startConsumer({ ...context, database: db.database, nats: bus.nats, log: silentLog });
  await consumer.drain();
});
const peakRssMiB = peakRssMiBOf(process.pid);
const [done] = await db.sql<{ count: number }[]>`select count(*)::int as count from effect`;
if (done?.count !== messages) throw new Error(`consume ${messages} messages: ${done?.count} had their effect`);

const bare = await timed("received and acknowledged, without a database", messages, () =>
  consumeBare(bus, ceilingStream),
);

const load = `${messages} messages of ${bytes} bytes, at most ${batch} a transaction`;
printReport({ bench: "inbox", load, measured, ceilings: [bare], peakRssMiB }, options.json);

async function consumeBare({ nats }: BenchBus, stream: string): Promise<void> {
  const consumer = await nats.jetstream.consumers.get(stream, "reader");
  const received = await consumer.consume({ max_messages: 1_000 });
  let count = 0;
  for await (const message of received) {
    message.ack();
    count += 1;
    if (count === messages) break;
  }
  await nats.connection.flush();
}

function* sealed(count: number, stream: string) {
  for (let index = 0; index < count; index += 1) {
    yield {
      id: Bun.randomUUIDv7(),
      subject: `${stream}.asset.${index % 8}`,
      schema: BytesValueSchema.typeName,
      payload,
    };
  }
}
