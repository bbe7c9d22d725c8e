import { failpoint } from "@dozor/runtime/failpoint";
import { observeRecords } from "@dozor/runtime/integration-metrics";
import type { JobRun } from "@dozor/runtime/job";
import { type Page, type Provider, UnknownPageError } from "../clients/provider.ts";
import type { ConfiguredProvider, Context } from "../context.ts";
import type { RefusedItem, ReportedContact } from "../domain/provider-report.ts";
import { ingestContacts } from "../intake/ingest-contacts.ts";
import { missingMonths, separateContacts } from "../intake/plausible-contacts.ts";
import { supersedeRefused } from "../store/journal.ts";
import { addPartitions } from "../store/partitions.ts";
import {
  type ProviderState,
  providerState,
  recordContactsComplete,
  recordContactsProgress,
  recordListingBegin,
} from "../store/provider-state.ts";
import { quarantine } from "../store/quarantine.ts";

const dayMs = 86_400_000;
/** Asked for twice, because a provider may commit what it received a moment ago after what it received just now. */
const overlapMs = 60_000;
const rowsPerCommit = 250;

/**
 * Fetches the contacts received since the newest one we have. A listing that is cut off is gone on with at its last page; when the provider does not
 * know that page any more, it begins again, and what comes twice is stored once.
 */
export async function pollContacts(
  context: Context,
  run: JobRun,
  { provider, historyDays }: ConfiguredProvider,
  startedAt: Date,
): Promise<void> {
  const state = await providerState(context.database.sql, provider.name);
  const first = await resumeListing(run, state, new Date(startedAt.getTime() - historyDays * dayMs));
  // The next page is fetched while this one is stored; it is given up when storing fails.
  const ahead = new AbortController();
  const signal = AbortSignal.any([run.signal, ahead.signal]);
  let fetching = fetchPage(provider, first, signal);
  try {
    for (;;) {
      const page = await fetching;
      if (page === undefined) {
        // From the same `since`: the newest contact stored says nothing about the pages that are missing.
        await run.commit("poll.listing_begin", (tx) => recordListingBegin(tx, provider.name, first.since));
        fetching = fetchPage(provider, { since: first.since, page: undefined }, signal);
        continue;
      }
      if (page.next !== undefined) fetching = fetchPage(provider, { since: first.since, page: page.next }, signal);
      fetching.catch(() => {}); // It may fail before it is awaited, which is done at the top.
      await storePage(context, run, provider.name, page);
      if (page.next === undefined) break;
    }
  } finally {
    ahead.abort();
    await fetching.catch(() => {}); // A failure that matters was thrown by the await above.
  }
  await run.commit("poll.contacts_end", (tx) => recordContactsComplete(tx, provider.name, startedAt));
}

type Listing = { since: Date; page: string | undefined };

async function resumeListing(run: JobRun, state: ProviderState, earliest: Date): Promise<Listing> {
  if (state.contactsSince !== null) return { since: state.contactsSince, page: state.contactsPage ?? undefined };
  const newest = state.contactsReceivedUntil;
  const since = newest === null ? earliest : new Date(newest.getTime() - overlapMs);
  await run.commit("poll.listing_begin", (tx) => recordListingBegin(tx, state.name, since));
  return { since, page: undefined };
}

/** undefined when the provider refuses to go on at this page. */
async function fetchPage(
  provider: Provider,
  { since, page }: Listing,
  signal: AbortSignal,
): Promise<Page<ReportedContact> | undefined> {
  try {
    return await provider.contacts(since, page, signal);
  } catch (error) {
    if (error instanceof UnknownPageError) return undefined;
    throw error;
  }
}

/** In parts, so that no transaction is long; only the last one moves on to the next page. */
async function storePage(
  context: Context,
  run: JobRun,
  provider: string,
  { items, refused, next, callId }: Page<ReportedContact>,
): Promise<void> {
  const { usable, implausible } = separateContacts(items, context.clock.now());
  await ensurePartitions(context, run, usable);
  for (let from = 0; from === 0 || from < usable.length; from += rowsPerCommit) {
    const part = usable.slice(from, from + rowsPerCommit);
    const isLast = from + rowsPerCommit >= usable.length;
    await run.commit("poll.contacts", async (tx) => {
      const added = await ingestContacts(tx, context, provider, part);
      await failpoint("provider.between_page_and_cursor");
      await supersedeRefused(tx, provider, "contact", wholeIds(part, refused), callId);
      if (isLast) await quarantine(tx, provider, "contact", [...refused, ...implausible]);
      await recordContactsProgress(
        tx,
        provider,
        added,
        newestReceived(part, context.clock.now()),
        isLast ? next : undefined,
      );
    });
  }
  observeRecords(provider, { saved: usable.length, quarantined: refused.length + implausible.length });
}

/** Of a contact that lost a part, the refusal stands. */
function wholeIds(contacts: readonly ReportedContact[], refused: readonly RefusedItem[]): string[] {
  const broken = new Set(refused.map(({ externalId }) => externalId));
  return contacts.map(({ externalId }) => externalId).filter((id) => !broken.has(id));
}

/** A receivedAt in the future would make us skip whatever is received until then. */
function newestReceived(contacts: readonly ReportedContact[], now: Date): Date | undefined {
  const newestMs = Math.max(...contacts.map((contact) => contact.receivedAt.getTime()));
  return Number.isFinite(newestMs) ? new Date(Math.min(newestMs, now.getTime())) : undefined;
}

async function ensurePartitions(context: Context, run: JobRun, contacts: readonly ReportedContact[]): Promise<void> {
  const missing = await missingMonths(context.database.sql, contacts, context.clock.now());
  if (missing.length > 0) await run.commit("partition.add", (tx) => addPartitions(tx, missing));
}
