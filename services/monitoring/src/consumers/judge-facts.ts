import { type CheckReply, CheckReplySchema } from "@dozor/proto/tracking/v1/check";
import type { Consumer } from "@dozor/runtime/consume";
import type { Tx } from "@dozor/runtime/database";
import type { Log } from "@dozor/runtime/log";
import { metrics } from "@dozor/runtime/metrics";
import { type JudgeContext, judgeChunks } from "../steps/judge-chunks.ts";
import { endFailedChunks, lockSentChunks, type OpenChunk } from "../store/chunk.ts";
import { readRun } from "../store/run.ts";

type JudgeFactsContext = JudgeContext & { log: Log };

const repliesCount = metrics.counter({
  name: "monitoring_check_replies_total",
  help: "Answers of tracking: judged, failed there, or ignored because their chunks had ended",
  labels: ["outcome"],
});

/** Judges what tracking answered. A reply that comes again, or after its deadline, finds no open chunk and changes nothing. */
export const judgeFacts: Consumer<JudgeFactsContext, typeof CheckReplySchema> = {
  name: "judge-facts",
  schema: CheckReplySchema,
  // A reply of 500 assets is some 300 KB; two at once keep the process far from its memory limit.
  batchMax: 2,
  async handle(context, tx, events) {
    const replies = new Map(events.map(({ message }) => [message.checkId, message]));
    const chunks = await lockSentChunks(tx, [...replies.keys()]);
    // In the order of the chunks, which is the order of the assets: two instances cannot wait for each other.
    const byCheck = Map.groupBy(chunks, (chunk) => chunk.checkId ?? "");
    for (const [checkId, waiting] of byCheck) {
      const reply = replies.get(checkId);
      if (reply !== undefined) await judgeReply(context, tx, reply, waiting);
    }
    repliesCount.inc({ outcome: "ignored" }, events.length - byCheck.size);
  },
};

async function judgeReply(
  context: JudgeFactsContext,
  tx: Tx,
  reply: CheckReply,
  chunks: readonly OpenChunk[],
): Promise<void> {
  const runId = chunks[0]?.runId ?? "";
  const run = await readRun(tx, runId);
  if (run === undefined) throw new Error(`judge check ${reply.checkId}: run ${runId} does not exist`);
  const facts = new Map(reply.facts.map((each) => [each.assetId, each]));
  const missing = chunks.flatMap((chunk) => chunk.assetIds).filter((assetId) => !facts.has(assetId));
  const failure = reply.failure || (missing.length > 0 ? `the reply lacks facts of ${missing.length} assets` : "");
  if (failure !== "") {
    context.log.warn("check.failed", { checkId: reply.checkId, runId, failure });
    const chunkNos = chunks.map((chunk) => chunk.chunkNo);
    const endedAt = context.clock.now();
    await endFailedChunks(tx, { runId, chunkNos, failure: "tracking_failed", detail: failure, endedAt });
    repliesCount.inc({ outcome: "failed" });
    return;
  }
  await judgeChunks(context, tx, run, chunks, facts);
  repliesCount.inc({ outcome: "judged" });
}
