import { direction } from "@dozor/integration/journal";
import { notify } from "@dozor/integration/notices/notify";
import { isQueuePaused } from "@dozor/integration/store/queue-pauses";
import type { Tx } from "@dozor/runtime/database";
import { observePoll } from "@dozor/runtime/integration-metrics";
import type { Job, JobRun } from "@dozor/runtime/job";
import type { ConfiguredProvider, Context } from "../context.ts";
import { pollJobName } from "../poll-job.ts";
import { newestFailedCall } from "../store/journal.ts";
import { recordContactsFailure, recordPollEnd, recordPollStart } from "../store/provider-state.ts";
import { pollContacts } from "./poll-contacts.ts";
import { pollDevices } from "./poll-devices.ts";
import { pollZones } from "./poll-zones.ts";

/** Fetches devices, zones and contacts of one provider. Each is stored page by page, so that a poll which is cut off has lost nothing. */
export function pollProvider(configured: ConfiguredProvider): Job<Context> {
  const { provider, everyMs } = configured;
  return {
    name: pollJobName(provider.name),
    everyMs,
    atStart: true,
    async runOnce(context, run) {
      if (await isQueuePaused(context.database.sql, direction.inbound, provider.name)) {
        context.log.info("provider.paused", { provider: provider.name });
        return;
      }
      const startedAt = context.clock.now();
      const startedMs = performance.now();
      await run.commit("provider.start", (tx) => recordPollStart(tx, provider.name, startedAt));
      const failures = await pollEach(context, run, configured, startedAt);
      const error = failures.map((each) => String(each)).join("; ");
      const endedAt = context.clock.now();
      await run.commit("provider.end", async (tx) => {
        const errorBefore = await recordPollEnd(tx, provider.name, endedAt, error);
        if (error !== "" && errorBefore === "") await tellOfFailure(tx, context, provider.name, error);
      });
      const outcome = failures.length === 0 ? "success" : "failure";
      observePoll(provider.name, { outcome, seconds: (performance.now() - startedMs) / 1000, endedAt });
      if (failures.length > 0) throw new AggregateError(failures, `poll provider ${provider.name}: ${error}`);
    },
  };
}

/** The administrator hears once that polls of a provider began to fail, and not of every poll that goes on failing. */
async function tellOfFailure(
  tx: Tx,
  { channels, clock }: Pick<Context, "channels" | "clock">,
  provider: string,
  error: string,
): Promise<void> {
  const call = await newestFailedCall(tx, provider);
  if (call === undefined) return;
  const about = { service: "tracking", what: "call_failed", source: provider, objectId: "poll" } as const;
  const notice = { ...about, ...call, error: error.slice(0, 1_000), at: clock.now().toISOString() };
  await notify(tx, channels, [{ notice, failure: 1 }]);
}

/** A listing that fails does not keep the others from being fetched. */
async function pollEach(
  context: Context,
  run: JobRun,
  configured: ConfiguredProvider,
  startedAt: Date,
): Promise<unknown[]> {
  const { provider } = configured;
  const failures: unknown[] = [];
  for (const poll of [pollDevices, pollZones, pollContacts]) {
    try {
      await poll(context, run, configured, startedAt);
    } catch (error) {
      run.signal.throwIfAborted();
      failures.push(error);
      if (poll === pollContacts)
        await run.commit("provider.contacts_failed", (tx) => recordContactsFailure(tx, provider.name, String(error)));
    }
  }
  return failures;
}
