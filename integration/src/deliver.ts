// The job that delivers outbound messages. Promised: per lane one message at a time in the order of their counters, at most as many attempts as the rule
// says whatever dies in between, every attempt written before it is made, a failed message holds its lane up. Not promised: that a message arrives once.
// Receivers tell repeats by the record id, which never changes.

import { type Clock, systemClock } from "@dozor/runtime/clock";
import type { Database, Tx } from "@dozor/runtime/database";
import { failpoint } from "@dozor/runtime/failpoint";
import type { Job, JobRun } from "@dozor/runtime/job";
import { metrics } from "@dozor/runtime/metrics";
import { pause, waitAtMost } from "@dozor/runtime/wait";
import type { Notice, NoticeChannel } from "./notices/notice-channel.ts";
import { notify } from "./notices/notify.ts";
import { retryDelayMs, retryDelaysMs } from "./retry-rule.ts";
import type { Sender, SendOutcome } from "./sender.ts";
import {
  type ClaimedMessage,
  claimMessages,
  hasDeliveries,
  readInterrupted,
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

const parallelMax = 8;
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
  const giveUp = new AbortController();
  const inFlight = new Map<string, { source: string; sending: Promise<void> }>();
  const ended: Settlement[] = [];
  let something = Promise.withResolvers<void>();
  const begin = (sender: Sender, message: ClaimedMessage) => {
    const sending = sendOnce(options, sender, message, giveUp.signal).then(
      (settlement) => {
        ended.push(settlement);
        something.resolve();
      },
      // Given up: the attempt stays open, and the next epoch settles it.
      () => something.resolve(),
    );
    inFlight.set(message.recordId, {
      source: sender.source,
      sending: sending.finally(() => inFlight.delete(message.recordId)),
    });
  };
  try {
    while (!run.signal.aborted) {
      const settled = ended.splice(0);
      const claimed = await run.commit("integration.deliver", async (tx) => {
        await settle(tx, options, settled);
        return await claim(tx, options, run.epoch, inFlight);
      });
      await failpoint("deliver.after_claim_before_send");
      for (const { sender, message } of claimed) begin(sender, message);
      if (inFlight.size === 0 && ended.length === 0) return;
      await waitAtMost(something.promise, 1_000, run.signal);
      something = Promise.withResolvers<void>();
    }
  } finally {
    if (inFlight.size > 0) {
      const sendings = Promise.all([...inFlight.values()].map(({ sending }) => sending));
      await Promise.race([sendings, pause(graceMs, giveUp.signal)]);
      giveUp.abort(new Error("delivery is stopping"));
      await sendings;
    }
    // Refused when another instance took over: then it settles these attempts as of unknown outcome.
    if (ended.length > 0) await run.commit("integration.settle", (tx) => settle(tx, options, ended)).catch(() => {});
  }
}

async function claim(
  tx: Tx,
  { senders }: DeliveryOptions,
  epoch: number,
  inFlight: ReadonlyMap<string, { source: string }>,
): Promise<{ sender: Sender; message: ClaimedMessage }[]> {
  const claimed: { sender: Sender; message: ClaimedMessage }[] = [];
  for (const sender of senders) {
    const own = [...inFlight.values()].filter(({ source }) => source === sender.source).length;
    const limit = Math.min(sender.parallelMax - own, parallelMax - inFlight.size - claimed.length);
    if (limit <= 0) continue;
    const messages = await claimMessages(tx, { source: sender.source, epoch, limit });
    claimed.push(...messages.map((message) => ({ sender, message })));
  }
  return claimed;
}

async function sendOnce(
  options: DeliveryOptions,
  sender: Sender,
  message: ClaimedMessage,
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
