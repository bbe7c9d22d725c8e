import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { topics } from "@dozor/proto/streams";
import { CheckReplySchema, type CheckRequest, CheckRequestSchema } from "@dozor/proto/tracking/v1/check";
import type { Consumer } from "@dozor/runtime/consume";
import type { Tx } from "@dozor/runtime/database";
import { isConflict, isUnavailable } from "@dozor/runtime/errors";
import { metrics } from "@dozor/runtime/metrics";
import { outboxAppend } from "@dozor/runtime/outbox";
import { sliced } from "@dozor/runtime/slices";
import type { Context } from "../context.ts";
import type { AssetState } from "../facts/asset-state.ts";
import { collectFacts } from "../facts/collect-facts.ts";
import { writeAssetState } from "../facts/encode-facts.ts";

const checks = metrics.counter({
  name: "tracking_checks_answered_total",
  help: "Check requests answered",
  labels: ["result"],
});

/** Half of what NATS carries by default, and more than 500 assets with two devices each take. */
const replyBytesMax = 900_000;
const factsField = CheckReplySchema.field.facts.number;

/** Answers each check request with the facts of its assets. A request that cannot be answered is answered with the reason. */
export const answerChecks: Consumer<Context, typeof CheckRequestSchema> = {
  name: "answer-checks",
  schema: CheckRequestSchema,
  batchMax: 1,
  async handle(context, tx, events) {
    for (const { message: request } of events) {
      const payload = await answer(context, tx, request);
      await outboxAppend(tx, [
        { topic: topics.facts, key: request.checkId, schema: CheckReplySchema.typeName, payload },
      ]);
    }
  },
};

async function answer(context: Context, tx: Tx, request: CheckRequest): Promise<Uint8Array> {
  try {
    // A failed statement spoils its transaction; the savepoint keeps the rest of it.
    const states = await tx.savepoint(async (inner) => ({ list: await factsFor(context, inner, request) }));
    const payload = await encodeReply(request, states.list);
    if (payload.byteLength > replyBytesMax) throw new Error(`the answer has ${payload.byteLength} bytes`);
    checks.inc({ result: "answered" });
    return payload;
  } catch (error) {
    if (isUnavailable(error) || isConflict(error)) throw error;
    context.log.error("check.failed", error, { checkId: request.checkId, runId: request.runId });
    checks.inc({ result: "failed" });
    const failure = `collect facts of ${request.assets.length} assets: ${error instanceof Error ? error.message : String(error)}`;
    return toBinary(CheckReplySchema, replyTo(request, failure.slice(0, 500)));
  }
}

async function factsFor(context: Context, tx: Tx, request: CheckRequest): Promise<AssetState[]> {
  const { asOf, select } = request;
  if (asOf === undefined) throw new Error("as_of is missing");
  return await collectFacts(tx, context, {
    assets: request.assets.map(({ assetId, mileageFrom }) => ({
      assetId,
      mileageFrom: mileageFrom === undefined ? undefined : timestampDate(mileageFrom),
    })),
    asOf: timestampDate(asOf),
    regionPosition: select?.regionPosition ?? false,
    zonePosition: select?.zonePosition ?? false,
    mileage: select?.mileage ?? false,
    zoneIds: select?.zoneIds ?? [],
  });
}

function replyTo(request: CheckRequest, failure: string) {
  const { checkId, runId, indicatorId, indicatorVersion, asOf } = request;
  return create(CheckReplySchema, {
    checkId,
    runId,
    indicatorId,
    indicatorVersion,
    failure,
    ...(asOf === undefined ? {} : { asOf }),
  });
}

/** A repeated field is the sum of its elements, so that the reply is written asset by asset instead of in one long step. */
async function encodeReply(request: CheckRequest, states: readonly AssetState[]): Promise<Uint8Array> {
  const writer = new BinaryWriter();
  writer.raw(toBinary(CheckReplySchema, replyTo(request, "")));
  await sliced(
    states,
    (state) => {
      writer.tag(factsField, WireType.LengthDelimited).fork();
      writeAssetState(writer, state);
      writer.join();
    },
    { label: "encode check reply" },
  );
  return writer.finish();
}
