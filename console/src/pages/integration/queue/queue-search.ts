import type { MessageInitShape } from "@bufbuild/protobuf";
import { Direction, type MessageFilterSchema, type MessageState } from "@dozor/proto/integration/v1/queue";
import { instantOfClock, timestampOf } from "../../../lib/company-time.ts";
import { searchText } from "../../../lib/search-text.ts";
import { directionKeys, messageStateKeys } from "../integration-keys.ts";
import { type JournalService, journalServiceIn } from "../integration-services.ts";

export const queueStates = ["failed", "created", "received", "processed"] as const;
export type QueueState = (typeof queueStates)[number];

/** The whole state of the list, in the address bar. What is absent is not filtered; an absent service is registry. */
export type QueueSearch = {
  service?: JournalService;
  /** One line for each error, or for each object that a failed message holds up, instead of one for each message. */
  by?: "error" | "lane";
  state?: QueueState;
  /** Skipped messages are left out unless asked for. */
  skipped?: true;
  direction?: "inbound" | "outbound";
  source?: string;
  type?: string;
  object?: string;
  /** Contained in the text of the error. */
  error?: string;
  fingerprint?: string;
  /** Company's clocks, "2026-11-10T14:05": written at or after, and before. */
  since?: string;
  until?: string;
};

const lengthsMax = { source: 64, type: 200, object: 300, error: 200, fingerprint: 64 } as const;
const clock = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** Reads what somebody may have typed into the address bar: unknown keys and values are left out. */
export function readQueueSearch(raw: Record<string, unknown>): QueueSearch {
  const search: QueueSearch = {};
  const service = journalServiceIn(raw.service);
  if (service !== undefined && service !== "registry") search.service = service;
  if (raw.by === "error" || raw.by === "lane") search.by = raw.by;
  const state = queueStates.find((each) => each === raw.state);
  if (state !== undefined) search.state = state;
  if (raw.skipped === true || raw.skipped === "true") search.skipped = true;
  if (raw.direction === "inbound" || raw.direction === "outbound") search.direction = raw.direction;
  for (const key of ["source", "type", "object", "error", "fingerprint"] as const) {
    const value = searchText(raw[key], lengthsMax[key]);
    if (value !== undefined) search[key] = value;
  }
  for (const key of ["since", "until"] as const) {
    const value = raw[key];
    if (typeof value === "string" && clock.test(value) && Number.isFinite(Date.parse(value))) search[key] = value;
  }
  // A period that ends before it begins would be refused; what was typed last is not known here, so that the end gives way.
  if (search.since !== undefined && search.until !== undefined && search.until <= search.since) delete search.until;
  return search;
}

/** Everything but the state, which the strip above the list decides. */
export function filterOf(search: QueueSearch): MessageInitShape<typeof MessageFilterSchema> {
  const { since, until } = search;
  return {
    direction: enumValue(directionKeys, search.direction) ?? Direction.UNSPECIFIED,
    source: search.source?.trim() ?? "",
    requestType: search.type?.trim() ?? "",
    objectId: search.object?.trim() ?? "",
    errorContains: search.error?.trim() ?? "",
    fingerprint: search.fingerprint ?? "",
    includeSkipped: search.skipped ?? false,
    ...(since === undefined ? {} : { since: timestampOf(instantOfClock(since)) }),
    ...(until === undefined ? {} : { until: timestampOf(instantOfClock(until)) }),
  };
}

export function statesOf({ state }: QueueSearch): MessageState[] {
  const found = enumValue(messageStateKeys, state);
  return found === undefined ? [] : [found];
}

function enumValue<V extends number>(keys: Record<V, string | undefined>, key: string | undefined): V | undefined {
  const found = key === undefined ? undefined : Object.entries(keys).find(([, each]) => each === key);
  // The keys of an enum's record are its values.
  return found === undefined ? undefined : (Number(found[0]) as V);
}

/** Whether anything but the service, the state and the way of looking narrows the list. */
export function isNarrowed(search: QueueSearch): boolean {
  return Object.keys(widened(search)).length < Object.keys(search).length;
}

export function widened({ service, by, state }: QueueSearch): QueueSearch {
  return { ...(service && { service }), ...(by && { by }), ...(state && { state }) };
}
