import { setTimeout as delay } from "node:timers/promises";
import { type CallAttempt, direction, endCall } from "@dozor/integration/journal";
import { isQueuePaused } from "@dozor/integration/store/queue-pauses";
import { failpoint } from "@dozor/runtime/failpoint";
import { observePoll, observeRecords } from "@dozor/runtime/integration-metrics";
import type { Job, JobRun } from "@dozor/runtime/job";
import { VendorError } from "@dozor/runtime/vendor-http";
import type { Packet } from "../clients/source.ts";
import type { ConfiguredSource, RegistryContext } from "../context.ts";
import { type PollDiary, pollDiary } from "../intake/poll-diary.ts";
import { takeInRecords } from "../intake/take-in-records.ts";
import { pollJobName } from "../job-names.ts";
import { beginAcknowledgement, endInterruptedAcknowledgements } from "../store/journal-calls.ts";
import { readBatch } from "../store/read-batch.ts";
import {
  addAcknowledged,
  addRecordCounts,
  notePollFailed,
  notePollStarted,
  notePollSucceeded,
} from "../store/source-state.ts";

/** Takes everything that waits at one source: save a packet, acknowledge it, ask for the next. */
export function pollSource(configured: ConfiguredSource): Job<RegistryContext> {
  const { name } = configured.source;
  return {
    name: pollJobName(name),
    everyMs: configured.everyMs,
    atStart: true,
    async runOnce(context, run) {
      if (await isQueuePaused(context.database.sql, direction.inbound, name))
        return context.log.info("source.paused", { source: name });
      // The lease may be lost while a call is in flight; this lock is not, as long as the caller lives. 1C serves one call at a time.
      const polled = await context.database.withAdvisoryLock(
        `registry source ${name}`,
        (locked) => pollUntilEmpty(configured, context, { ...run, signal: AbortSignal.any([run.signal, locked]) }),
        { waitMs: lockWaitMs, signal: run.signal },
      );
      if (!polled.ran) throw new Error(`poll source ${name}: another instance has a call in flight`);
      // Not awaited: what follows has leases of its own, and the source may be asked again meanwhile.
      if (polled.value > 0) context.followUps.begin();
    },
  };
}

const lockWaitMs = 5_000;
// A source that breaks off gets some more chances within one poll; each packet that goes through renews them.
const retryDelaysMs = [1_000, 3_000, 10_000];

/** Returns how many records were saved. */
async function pollUntilEmpty(configured: ConfiguredSource, context: RegistryContext, run: JobRun): Promise<number> {
  const { name, adapter } = configured.source;
  const startedAt = performance.now();
  await run.commit("source_state.start", (tx) => notePollStarted(tx, name, adapter));
  await run.commit("journal.end_interrupted", (tx) => endInterruptedAcknowledgements(tx, name));
  const diary = pollDiary(context, run, name);
  let failures = 0;
  let saved = 0;
  for (;;) {
    try {
      for await (const packet of configured.source.packets(run.signal, diary.note)) {
        saved += await takePacket(configured, context, packet, diary, run);
        failures = 0;
        if (await isQueuePaused(context.database.sql, direction.inbound, name)) break;
      }
      break;
    } catch (error) {
      await diary.write();
      const waitMs = retryDelaysMs[failures];
      failures += 1;
      if (waitMs !== undefined && isWorthRepeating(error)) {
        context.log.warn("source.poll_interrupted", { source: name, attempt: failures, reason: String(error) });
        await delay(waitMs, undefined, { signal: run.signal });
        continue;
      }
      observePoll(name, { outcome: "failure", seconds: secondsSince(startedAt), endedAt: context.clock.now() });
      const reason = error instanceof Error ? error.message : String(error);
      await run.commit("source_state.fail", async (tx) => {
        const isNews = await notePollFailed(tx, name, reason);
        await diary.tell(tx, isNews ? reason : undefined);
      });
      throw error;
    }
  }
  await diary.write();
  await run.commit("source_state.succeed", async (tx) => {
    await notePollSucceeded(tx, name);
    await diary.tell(tx, undefined);
  });
  const seconds = secondsSince(startedAt);
  context.log.info("source.polled", { source: name, saved, durationMs: Math.round(seconds * 1_000) });
  observePoll(name, { outcome: "success", seconds, endedAt: context.clock.now() });
  return saved;
}

async function takePacket(
  { source, records }: ConfiguredSource,
  context: RegistryContext,
  packet: Packet,
  diary: PollDiary,
  run: JobRun,
): Promise<number> {
  let savedCount = 0;
  for await (const batch of packet.batches()) {
    const read = await readBatch(batch, records, run.signal);
    await failpoint("source.after_reply_before_commit");
    const { counts, refused } = await run.commit("source.save_batch", async (tx) => {
      const taken = await takeInRecords(tx, context, source.name, read);
      await addRecordCounts(tx, source.name, taken.counts);
      return taken;
    });
    const { saved, unchanged, quarantined, ignored } = counts;
    diary.refused(refused);
    observeRecords(source.name, { saved, unchanged, quarantined, ignored });
    savedCount += counts.saved;
    for (const { record, reading } of read) {
      if (reading.result !== "refused") continue;
      const [first] = reading.reasons;
      const text = reading.reasons.map((reason) => reason.text).join("; ");
      packet.refuse?.(record, first?.rule ?? "refused", text);
    }
  }
  run.signal.throwIfAborted();
  await failpoint("source.after_commit_before_acknowledge");
  await diary.write();
  await acknowledge(source.name, packet, run);
  return savedCount;
}

/** The journal has the acknowledgement before the source does. */
async function acknowledge(source: string, packet: Packet, run: JobRun): Promise<void> {
  const saying = packet.acknowledgement();
  if (saying === undefined) return;
  const recordId = await run.commit("journal.begin_acknowledgement", (tx) => beginAcknowledgement(tx, source, saying));
  const attempts: CallAttempt[] = [];
  try {
    const acknowledged = await packet.acknowledge(attempts);
    await run.commit("source_state.acknowledge", async (tx) => {
      await addAcknowledged(tx, source, acknowledged);
      await endCall(tx, recordId, { attempts });
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // When even this fails the next poll finds it unended.
    await run
      .commit("journal.end_acknowledgement", (tx) => endCall(tx, recordId, { attempts, error: text }))
      .catch(() => {});
    throw error;
  }
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}

/** Not so: our own mistakes, a stop, and what the source calls our mistake. */
function isWorthRepeating(error: unknown): boolean {
  if (!(error instanceof VendorError)) return false;
  return error.status === undefined || error.status >= 500 || error.status === 408 || error.status === 429;
}
