import { type CurrentFinding, currentFindings, syncFindings } from "@dozor/integration/findings/sync-findings";
import { direction } from "@dozor/integration/journal";
import { isQueuePaused } from "@dozor/integration/store/queue-pauses";
import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import { observePoll, observeRecords } from "@dozor/runtime/integration-metrics";
import type { Job, JobRun } from "@dozor/runtime/job";
import { FocusRefusedError } from "../clients/kontur-focus.ts";
import type { RegistryContext } from "../context.ts";
import type { FocusRecord } from "../domain/focus-record.ts";
import { askableNumbers, type FoundRecords, judgeIdentity, needsRelatives } from "../domain/identity.ts";
import type { AfterPollJob } from "../job-names.ts";
import {
  type CounterpartyCheck,
  listUnchecked,
  saveChecks,
  type UncheckedCounterparty,
} from "../store/counterparty-check.ts";
import { isFocusStopped, stopFocus } from "../store/focus-quota.ts";
import { markPendingSnapshots } from "../store/pending-snapshot.ts";
import { askFocus, FocusQuotaError } from "./ask-focus.ts";

const batchMax = 100;

/** Asks Kontur.Focus about counterparties that are new, changed or stale, and keeps what it said beside what the source said. */
export function enrichCounterparties(everyMs: number): Job<RegistryContext> {
  return {
    name: "enrich-counterparties" satisfies AfterPollJob,
    everyMs,
    async runOnce(context, run) {
      const { focus, database, log, clock } = context;
      if (focus === undefined || (await isFocusStopped(database.sql, focus.client.configHash))) return;
      if (await isQueuePaused(database.sql, direction.inbound, "kontur-focus")) return log.info("focus.paused");
      const startedAt = performance.now();
      const observe = (outcome: "success" | "failure") =>
        observePoll("kontur-focus", {
          outcome,
          seconds: (performance.now() - startedAt) / 1_000,
          endedAt: clock.now(),
        });
      try {
        for (let checked = batchMax; checked === batchMax; ) {
          run.signal.throwIfAborted();
          checked = await checkBatch(context, focus, run);
        }
        observe("success");
      } catch (error) {
        observe("failure");
        if (error instanceof FocusQuotaError) return log.warn("focus.quota_used_up", { dailyQuota: focus.dailyQuota });
        if (!(error instanceof FocusRefusedError)) throw error;
        const isNews = await run.commit("focus_stop.add", (tx) =>
          stopFocus(tx, focus.client.configHash, error.message),
        );
        if (isNews) log.error("focus.refused", error, { until: "the configuration changes" });
      }
    },
  };
}

type Focus = NonNullable<RegistryContext["focus"]>;

async function checkBatch(context: RegistryContext, focus: Focus, run: JobRun): Promise<number> {
  const { database, clock } = context;
  const staleBefore = new Date(clock.now().getTime() - focus.staleAfterMs);
  const counterparties = await listUnchecked(database.sql, { staleBefore, limit: batchMax });
  if (counterparties.length === 0) return 0;
  const asked = counterparties.map(askableNumbers);
  const byInn = await askFocus(
    context,
    focus,
    run,
    "req",
    "inn",
    asked.flatMap(({ inn }) => inn ?? []),
  );
  const byOgrn = await askFocus(
    context,
    focus,
    run,
    "req",
    "ogrn",
    asked.flatMap(({ ogrn }) => ogrn ?? []),
  );
  const foundOf = ({ inn, ogrn }: UncheckedCounterparty): FoundRecords => ({
    byInn: byInn.get(inn) ?? [],
    byOgrn: byOgrn.get(ogrn) ?? [],
  });
  const unexplained = counterparties
    .filter((each) => needsRelatives(each, foundOf(each)))
    .flatMap((each) => [...foundOf(each).byInn, ...foundOf(each).byOgrn]);
  const details = await askFocus(
    context,
    focus,
    run,
    "egrDetails",
    "ogrn",
    unexplained.map(({ ogrn }) => ogrn),
  );
  const checkedAt = clock.now();
  const sources = new Map(counterparties.map(({ id, source }) => [id, source]));
  const checks = counterparties.map((each) => checkOf(each, withRelatives(foundOf(each), details), checkedAt));
  await run.commit("counterparty_check.save", async (tx) => {
    const news = await saveChecks(tx, checks);
    await markPendingSnapshots(tx, { assetIds: [], contractIds: [], nomenclatureIds: [], counterpartyIds: news });
    for (const [rule, identity] of findingRules) {
      const scope = checks.map(({ counterpartyId }) => counterpartyId);
      const current = checks.filter((check) => check.identity === identity).map((check) => findingOf(check, sources));
      await syncFindings(tx, { rule, entityKind: "counterparty", scope }, currentFindings(tx, current));
    }
  });
  observeRecords("kontur-focus", { saved: checks.length });
  return counterparties.length;
}

const findingRules: [rule: string, identity: CounterpartyIdentity][] = [
  ["inn_ogrn_conflict", CounterpartyIdentity.CONFLICT],
  ["inn_ogrn_of_predecessor", CounterpartyIdentity.PREDECESSOR_OR_SUCCESSOR],
  ["duplicate_inn", CounterpartyIdentity.DUPLICATE_INN],
];

function withRelatives(
  { byInn, byOgrn }: FoundRecords,
  details: ReadonlyMap<string, readonly FocusRecord[]>,
): FoundRecords {
  const relatives = (record: FocusRecord): FocusRecord => ({
    ...record,
    relatives: [...record.relatives, ...(details.get(record.ogrn) ?? []).flatMap((detail) => detail.relatives)],
  });
  return { byInn: byInn.map(relatives), byOgrn: byOgrn.map(relatives) };
}

function checkOf(counterparty: UncheckedCounterparty, found: FoundRecords, checkedAt: Date): CounterpartyCheck {
  const { identity, record } = judgeIdentity(counterparty, found);
  return {
    counterpartyId: counterparty.id,
    askedInn: counterparty.inn,
    askedOgrn: counterparty.ogrn,
    identity,
    checkedAt,
    focusInn: record?.inn ?? "",
    focusOgrn: record?.ogrn ?? "",
    focusName: record?.name ?? "",
    statusText: record?.statusText ?? "",
    dissolved: record?.dissolved ?? false,
    dissolving: record?.dissolving ?? false,
    reorganizing: record?.reorganizing ?? false,
    bankrupting: record?.bankrupting ?? false,
    regionNumber: record?.regionNumber ?? "",
  };
}

function findingOf(
  { counterpartyId, askedInn, askedOgrn, focusInn, focusOgrn, focusName }: CounterpartyCheck,
  sources: ReadonlyMap<string, string>,
): CurrentFinding {
  return {
    entityId: counterpartyId,
    source: sources.get(counterpartyId) ?? "",
    evidence: { inn: askedInn, ogrn: askedOgrn, focusInn, focusOgrn, focusName },
  };
}
