// The job that delivers outbound messages. Promised: per lane one message at a time in the order of their counters, at most as many attempts as the rule
// says whatever dies in between, every attempt written before it is made, a failed message holds its lane up. Not promised: that a message arrives once.
// Receivers tell repeats by the record id, which never changes.

import { type Clock, systemClock } from "@dozor/runtime/clock";
import type { Database, Tx } from "@dozor/runtime/database";
import { failpoint } from "@dozor/runtime/failpoint";
import type { Job, JobRun } from "@dozor/runtime/job";
import { metrics } from "@dozor/runtime/metrics";
import { waitAtMost } from "@dozor/runtime/wait";
import type { Notice, NoticeChannel } from "./notices/notice-channel.ts";
import { notify } from "./notices/notify.ts";
import { retryDelayMs, retryDelaysMs } from "./retry-rule.ts";
import type { Sender, SendOutcome } from "./sender.ts";
import { type Claim, openSendings, type Sendings } from "./sendings.ts";
import {
  type ClaimedMessage,
  claimMessages,
  hasDeliveries,
  readInterrupted,
  releaseMessages,
  type Settlement,
  settleMessages,
} from "./store/delivery.ts";

export type DeliveryOptions = {
  service: string;
  senders: readonly Sender[];
  /** How the administrator hears of what failed for good. */
  channels: readonly NoticeChannel[];
  /** Pauses between attempts; as many attempts and one more are made. */
  delaysMs?: readonly number[];
  clock?: Clock;
  random?: () => number;
};

/** Messages on their way at once, to all receivers. */
const inFlightMax = 8;
/** Messages of which an attempt is written down and not settled: bounds the memory, and what a process that dies leaves of unknown outcome. */
const claimedMax = 32;
/** What is in flight when the job has to stop may still end and be written down. */
const graceMs = 2_000;

/** Sends what may be sent, until nothing is due. */
export function deliverMessages(options: DeliveryOptions): Job<{ database: Database }> {
  const sources = options.senders.map(({ source }) => source);
  return {
    name: "deliver-messages",
    everyMs: 1_000,
    atStart: true,
    isDue: ({ database }) => hasDeliveries(database.sql, sources),
    async runOnce({ database }, run) {
      await settleInterrupted(options, database, run);
      await deliverUntilIdle(options, run);
    },
  };
}

/** Attempts of a process that died: nobody knows what became of them, and they count. */
async function settleInterrupted(options: DeliveryOptions, database: Database, run: JobRun): Promise<void> {
  for (;;) {
    const interrupted = await readInterrupted(database.sql, run.epoch, 100);
    if (interrupted.length === 0) return;
    const settlements = interrupted.map((message) => unknownOutcome(options, message));
    await run.commit("integration.settle_interrupted", (tx) => settle(tx, options, settlements));
    run.signal.throwIfAborted();
  }
}

function unknownOutcome(options: DeliveryOptions, message: ClaimedMessage): Settlement {
  const error = `send ${message.requestType} of ${message.objectId} to ${message.source}: the process ended in its middle, the outcome is unknown`;
  return settlementOf(options, message, undefined, { result: "unavailable", error, excerpt: "" });
}

async function deliverUntilIdle(options: DeliveryOptions, run: JobRun): Promise<void> {
  const sendings = openSendings((claim, signal) => sendOnce(options, claim, signal), inFlightMax);
  try {
    while (!run.signal.aborted) {
      const taken = sendings.take();
      const claimed = await run.commit("integration.deliver", async (tx) => {
        await writeDown(tx, options, taken);
        return await claim(tx, options, run.epoch, sendings, taken.ended);
      });
      await failpoint("deliver.after_claim_before_send");
      sendings.add(claimed);
      if (sendings.count() === 0) return;
      await waitAtMost(sendings.somethingEnded(), 1_000, run.signal);
    }
  } finally {
    await sendings.stop(graceMs);
    const taken = sendings.take();
    // Refused when another instance took over: then it settles these attempts as of unknown outcome.
    if (taken.ended.length + taken.unsent.length > 0)
      await run.commit("integration.settle", (tx) => writeDown(tx, options, taken)).catch(() => {});
  }
}

async function writeDown(
  tx: Tx,
  options: DeliveryOptions,
  { ended, unsent }: { ended: readonly Settlement[]; unsent: readonly Claim[] },
): Promise<void> {
  await settle(tx, options, ended);
  await releaseMessages(
    tx,
    unsent.map(({ message }) => message),
  );
}

/**
 * What was settled a moment ago tells how fast a receiver is: one that takes many messages while the last are written down has as many more ready for it,
 * and one that is slow has no more than are on their way.
 */
async function claim(
  tx: Tx,
  { senders }: DeliveryOptions,
  epoch: number,
  sendings: Sendings,
  ended: readonly Settlement[],
): Promise<Claim[]> {
  const claimed: Claim[] = [];
  for (const sender of senders) {
    const { source, parallelMax } = sender;
    const endedCount = ended.filter(({ message }) => message.source === source).length;
    const own = Math.max(parallelMax, 2 * endedCount) - sendings.count(source);
    const limit = Math.min(own, claimedMax - sendings.count() - claimed.length);
    if (limit <= 0) continue;
    const messages = await claimMessages(tx, { source, epoch, limit });
    claimed.push(...messages.map((message) => ({ sender, message })));
  }
  return claimed;
}

async function sendOnce(
  options: DeliveryOptions,
  { sender, message }: Claim,
  signal: AbortSignal,
): Promise<Settlement> {
  const startedAt = performance.now();
  const outcome = await sender.send(message, signal);
  await failpoint("deliver.after_send_before_settle");
  const durationMs = performance.now() - startedAt;
  attemptsCount.inc({ integration: sender.source, outcome: outcome.result });
  return settlementOf(options, message, durationMs, outcome);
}

function settlementOf(
  { delaysMs = retryDelaysMs, random = Math.random }: DeliveryOptions,
  message: ClaimedMessage,
  durationMs: number | undefined,
  outcome: SendOutcome,
): Settlement {
  const common = { message, durationMs, status: outcome.status, excerpt: outcome.excerpt };
  if (outcome.result === "accepted") return { ...common, state: "processed" };
  const { error } = outcome;
  if (outcome.result === "refused") return { ...common, state: "failed", error };
  const retryAfterMs = outcome.retryAfterMs ?? 0;
  const delayMs = retryDelayMs(message.attempts, { delaysMs, retryAfterMs, random });
  return delayMs === undefined
    ? { ...common, state: "failed", error }
    : { ...common, state: "waiting", error, delayMs };
}

/** Writes the ends of attempts and, of what failed for good, one notice per channel, in the caller's transaction. */
async function settle(tx: Tx, options: DeliveryOptions, settlements: readonly Settlement[]): Promise<void> {
  await settleMessages(tx, settlements);
  const noticed = new Set(options.senders.filter(({ isNoticed }) => isNoticed).map(({ source }) => source));
  const failed = settlements.flatMap((each) =>
    each.state === "failed" && noticed.has(each.message.source)
      ? [{ notice: noticeOf(options, each.message, each.error), failure: each.message.failures + 1 }]
      : [],
  );
  await notify(tx, options.channels, failed);
}

function noticeOf(
  { service, clock = systemClock }: DeliveryOptions,
  { recordId, source, objectId, requestType }: ClaimedMessage,
  error: string,
): Notice {
  const at = clock.now().toISOString();
  return { service, what: "message_failed", recordId, source, objectId, requestType, error: error.slice(0, 1_000), at };
}

const attemptsCount = metrics.counter({
  name: "integration_delivery_attempts_total",
  help: "Attempts to deliver messages to outside systems by outcome",
  labels: ["integration", "outcome"],
});
