import type { CallAttempt } from "@dozor/integration/journal";
import { appendPollCalls } from "@dozor/integration/poll-calls";
import type { JobRun } from "@dozor/runtime/job";
import type { FocusMethod, KonturFocus } from "../clients/kontur-focus.ts";
import type { RegistryContext } from "../context.ts";
import type { FocusRecord } from "../domain/focus-record.ts";
import { readFocusAnswers, saveFocusAnswers } from "../store/focus-answer.ts";
import { spendFocusCall } from "../store/focus-quota.ts";

export class FocusQuotaError extends Error {
  override readonly name = "FocusQuotaError";
}

const numbersPerCall = 100;
const dayMs = 86_400_000;

/**
 * What Focus says of these numbers: from the answers of the last day where there are some, else by asking, a hundred at a time. Every
 * number is in the result. Each answer is stored before the next call, so that nothing is asked twice after a crash.
 */
export async function askFocus(
  { database, clock, businessTimeZone }: RegistryContext,
  { client, dailyQuota }: { client: KonturFocus; dailyQuota: number },
  run: JobRun,
  method: FocusMethod,
  by: "inn" | "ogrn",
  numbers: readonly string[],
): Promise<Map<string, FocusRecord[]>> {
  const wanted = [...new Set(numbers)].filter((number) => number !== "");
  if (wanted.length === 0) return new Map();
  const since = new Date(clock.now().getTime() - dayMs);
  const answers = await readFocusAnswers(database.sql, method, wanted, since);
  const missing = wanted.filter((number) => !answers.has(number));
  const spend = async () => {
    const day = new Intl.DateTimeFormat("en-CA", { timeZone: businessTimeZone }).format(clock.now());
    const isAllowed = await run.commit("focus_quota.spend", (tx) => spendFocusCall(tx, day, dailyQuota));
    if (!isAllowed) throw new FocusQuotaError(`ask kontur-focus: the quota of ${dailyQuota} calls a day is used up`);
  };
  for (let from = 0; from < missing.length; from += numbersPerCall) {
    const part = missing.slice(from, from + numbersPerCall);
    const attempts: CallAttempt[] = [];
    const call = { requestType: method, attempts };
    const question = { method, by, numbers: part, spend, signal: run.signal, attempts };
    const records = await client.ask(question).catch(async (error: unknown) => {
      const failed = {
        ...call,
        body: { by, asked: part.length },
        error: error instanceof Error ? error.message : String(error),
      };
      // The error itself matters more.
      if (attempts.length > 0)
        await run.commit("journal.calls", (tx) => appendPollCalls(tx, "kontur-focus", [failed])).catch(() => {});
      throw error;
    });
    const answered = new Map(part.map((number) => [number, records.filter((record) => record[by] === number)]));
    await run.commit("focus_answer.save", async (tx) => {
      await saveFocusAnswers(tx, method, answered, clock.now());
      await appendPollCalls(tx, "kontur-focus", [{ ...call, body: { by, asked: part.length, found: records.length } }]);
    });
    for (const [number, found] of answered) answers.set(number, found);
  }
  return answers;
}
