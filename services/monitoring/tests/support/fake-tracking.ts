import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type StreamNames, subject, topics } from "@dozor/proto/streams";
import {
  type CheckReply,
  CheckReplySchema,
  type CheckRequest,
  CheckRequestSchema,
} from "@dozor/proto/tracking/v1/check";
import { type AssetFacts, AssetFactsSchema, Availability } from "@dozor/proto/tracking/v1/facts";
import { connect } from "nats";

/** Stands in for tracking on the streams: answers each check from a table, once per message unless told otherwise. */
export type FakeTracking = AsyncDisposable & {
  /** By asset id; an asset without a row has no device. */
  facts: Map<string, AssetFacts>;
  requests: CheckRequest[];
  /** What to do with a request; the default publishes `answer(request)`. */
  onRequest: (request: CheckRequest) => Promise<void>;
  answer(request: CheckRequest): CheckReply;
  publish(reply: CheckReply): Promise<void>;
};

export async function startFakeTracking(url: string, names: StreamNames, durable: string): Promise<FakeTracking> {
  const connection = await connect({ servers: url, name: "fake-tracking" });
  const jetstream = connection.jetstream();
  const consumer = await jetstream.consumers.get(names.checks, durable);
  const messages = await consumer.consume({ max_messages: 50 });
  const fake: FakeTracking = {
    facts: new Map(),
    requests: [],
    onRequest: (request) => fake.publish(fake.answer(request)),
    answer(request) {
      const { checkId, runId, indicatorId, indicatorVersion, asOf } = request;
      const facts = request.assets.map(
        ({ assetId }) =>
          fake.facts.get(assetId) ??
          create(AssetFactsSchema, { assetId, availability: Availability.NO_DEVICE, devicesKnown: true }),
      );
      return create(CheckReplySchema, {
        checkId,
        runId,
        indicatorId,
        indicatorVersion,
        facts,
        ...(asOf === undefined ? {} : { asOf }),
      });
    },
    async publish(reply) {
      await jetstream.publish(subject(names, topics.facts, 0), toBinary(CheckReplySchema, reply), {
        msgID: crypto.randomUUID(),
      });
    },
    async [Symbol.asyncDispose]() {
      await messages.close();
      await answering;
      await connection.close();
    },
  };
  const answering = (async () => {
    for await (const message of messages) {
      const request = fromBinary(CheckRequestSchema, message.data);
      fake.requests.push(request);
      await fake.onRequest(request);
      message.ack();
    }
  })();
  return fake;
}
