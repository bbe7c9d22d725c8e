import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService, RetryMatchingResponseSchema } from "@dozor/proto/integration/v1/queue";
import { principalOf } from "@dozor/runtime/auth";
import { DomainError, failedPrecondition } from "@dozor/runtime/errors";
import { countDoneBefore, listDoneBefore } from "../../store/queue-actions.ts";
import { type CounterBounds, counterBounds, type QueueFilter } from "../../store/queue-filter.ts";
import type { QueueMessage } from "../../store/queue-messages.ts";
import { countRetriable, lockQueueMessage, newestCounter, takeRetriable } from "../../store/queue-retry.ts";
import type { QueueContext } from "./queue-context.ts";
import { queueFilter } from "./queue-words.ts";
import { type Retry, readAgain, repeatedByItself, sendAgain } from "./try-again.ts";

type Event = MessageInitShape<typeof RetryMatchingResponseSchema>;
type Result = { recordId: string; error: string };

const batchMax = 500;

export const retryMatching = (context: QueueContext): ServiceImpl<typeof IntegrationQueueService>["retryMatching"] =>
  async function* (request, call): AsyncGenerator<Event> {
    const { sql } = context.database;
    const filter = queueFilter(request.filter);
    const { requestId, expectedCount } = request;
    const by: Retry = { actor: principalOf(call).subject, reason: request.reason, requestId };
    // What fails while this goes on is not tried twice.
    const upTo = await newestCounter(sql);
    const bounds = await counterBounds(sql, filter);
    const within = { ...bounds, before: Math.min(bounds.before, upTo + 1) };
    const doneBefore = await countDoneBefore(sql, requestId);
    const matched = await countRetriable(sql, filter, within);
    // A repeated request goes on where it was cut off, when there are fewer left than were counted.
    if (expectedCount !== undefined && doneBefore === 0 && Number(expectedCount) !== matched)
      throw failedPrecondition(`${matched} failed messages match, not ${expectedCount}`);
    yield { event: { case: "matched", value: BigInt(doneBefore === 0 ? matched : Math.max(matched, doneBefore)) } };
    let [retried, refused] = [0n, 0n];
    if (expectedCount !== undefined) {
      for await (const results of resultsOf(context, filter, within, by, call.signal)) {
        for (const { recordId, error } of results) {
          if (error === "") retried += 1n;
          else refused += 1n;
          yield { event: { case: "result", value: { recordId, error } } };
        }
      }
    }
    yield { event: { case: "summary", value: { retried, refused } } };
  };

/** What the same request did before, then what is left. */
async function* resultsOf(
  context: QueueContext,
  filter: QueueFilter,
  bounds: CounterBounds,
  by: Retry,
  signal: AbortSignal,
): AsyncGenerator<Result[]> {
  const requestId = by.requestId ?? "";
  const known = new Set<string>();
  for (let afterId = 0; ; ) {
    const done = await listDoneBefore(context.database.sql, requestId, { afterId, limit: batchMax });
    const last = done.at(-1);
    if (last === undefined) break;
    for (const { recordId } of done) known.add(recordId);
    yield done;
    afterId = last.id;
  }
  for (let after = bounds.after; ; ) {
    signal.throwIfAborted();
    const { results, last } = await retryBatch(context, filter, { ...bounds, after }, by, known);
    if (last === undefined) return;
    yield results;
    after = last;
  }
}

/** `last` is the newest counter of the batch; undefined when none was left. */
async function retryBatch(
  context: QueueContext,
  filter: QueueFilter,
  bounds: CounterBounds,
  by: Retry,
  known: ReadonlySet<string>,
): Promise<{ results: Result[]; last: number | undefined }> {
  const { batch, results } = await context.database.transaction("queue.retry_batch", async (tx) => {
    const taken = await takeRetriable(tx, filter, bounds, batchMax);
    const outbound = taken.filter(({ direction, recordId }) => direction === 2 && !known.has(recordId));
    const unsent = await sendAgain(tx, outbound, by);
    const outcomeOf = (recordId: string) => (unsent.has(recordId) ? repeatedByItself : "");
    return { batch: taken, results: outbound.map(({ recordId }) => ({ recordId, error: outcomeOf(recordId) })) };
  });
  // Each by itself, so that one that cannot be read does not undo the others.
  for (const message of batch)
    if (message.direction === 1 && !known.has(message.recordId)) results.push(await readOneAgain(context, message, by));
  return { results, last: batch.at(-1)?.counter };
}

async function readOneAgain(context: QueueContext, { recordId }: QueueMessage, by: Retry): Promise<Result> {
  try {
    const error = await context.database.transaction("queue.reread", async (tx) => {
      const message = await lockQueueMessage(tx, recordId);
      if (message?.requestState !== 4 || message.skippedAt !== null) return "it does not stand failed any more";
      return await readAgain(tx, context, message, by);
    });
    return { recordId, error };
  } catch (error) {
    // Nothing left to read, and the like: an answer about this message, and no reason to leave the others.
    if (error instanceof DomainError && error.code !== "unavailable") return { recordId, error: error.message };
    throw error;
  }
}
