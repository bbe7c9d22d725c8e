// What the server says of a consumer and its stream, under the names of prometheus-nats-exporter, so that a site which runs it keeps its dashboards.

import { type ConsumerSpec, consumerInfo, streamInfo } from "./jetstream.ts";
import { metrics } from "./metrics.ts";
import type { Nats } from "./nats-connection.ts";

const everyMs = 15_000;

/** Asks every 15 s until disposed; while the server is away the last numbers stay. */
export function observeConsumer(nats: Nats, spec: ConsumerSpec): Disposable {
  const observe = () => {
    read(nats, spec).catch(() => {});
  };
  observe();
  const timer = setInterval(observe, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function read(nats: Nats, { stream, durable }: ConsumerSpec): Promise<void> {
  if (!nats.isConnected()) return;
  const labels = { stream_name: stream, consumer_name: durable };
  const consumer = await consumerInfo(nats, stream, durable);
  if (consumer !== undefined) {
    pending.set(labels, consumer.num_pending);
    ackPending.set(labels, consumer.num_ack_pending);
    redelivered.set(labels, consumer.num_redelivered);
    waiting.set(labels, consumer.num_waiting);
    ackFloor.set(labels, consumer.ack_floor.stream_seq);
  }
  const info = await streamInfo(nats, stream);
  if (info === undefined) return;
  streamMessages.set({ stream_name: stream }, info.state.messages);
  streamBytes.set({ stream_name: stream }, info.state.bytes);
  streamLast.set({ stream_name: stream }, info.state.last_seq);
}

const consumerLabels = ["stream_name", "consumer_name"] as const;
const gauge = (name: string, help: string) => metrics.gauge({ name, help, labels: consumerLabels });
const pending = gauge("jetstream_consumer_num_pending", "Messages not delivered yet");
const ackPending = gauge("jetstream_consumer_num_ack_pending", "Messages delivered and not acknowledged");
const redelivered = gauge("jetstream_consumer_num_redelivered", "Messages being delivered again");
const waiting = gauge("jetstream_consumer_num_waiting", "Pull requests waiting");
const ackFloor = gauge("jetstream_consumer_ack_floor_stream_seq", "Everything up to here is acknowledged");
const streamGauge = (name: string, help: string) => metrics.gauge({ name, help, labels: ["stream_name"] });
const streamMessages = streamGauge("jetstream_stream_total_messages", "Messages in the stream");
const streamBytes = streamGauge("jetstream_stream_total_bytes", "Bytes in the stream");
const streamLast = streamGauge("jetstream_stream_last_seq", "Sequence of the newest message");
