import type { MessageInitShape } from "@bufbuild/protobuf";
import { FindingState, type ListFindingsRequestSchema } from "@dozor/proto/integration/v1/data_quality";
import { searchText } from "../../../lib/search-text.ts";
import { type JournalService, journalServiceIn } from "../integration-services.ts";

export const findingViews = ["open", "settled", "gone", "all"] as const;
type FindingView = (typeof findingViews)[number];

/** The whole state of the list, in the address bar. An absent service is registry, an absent state is open; what else is absent is not filtered. */
export type FindingsSearch = {
  service?: JournalService;
  state?: FindingView;
  rule?: string;
  source?: string;
  owner?: "me" | "none";
};

/** Reads what somebody may have typed into the address bar: unknown keys and values are left out. */
export function readFindingsSearch(raw: Record<string, unknown>): FindingsSearch {
  const search: FindingsSearch = {};
  const service = journalServiceIn(raw.service);
  if (service !== undefined && service !== "registry") search.service = service;
  const state = findingViews.find((each) => each === raw.state);
  if (state !== undefined && state !== "open") search.state = state;
  for (const key of ["rule", "source"] as const) {
    const value = searchText(raw[key], 64);
    if (value !== undefined) search[key] = value;
  }
  if (raw.owner === "me" || raw.owner === "none") search.owner = raw.owner;
  return search;
}

/** The question to the service; `me` is the subject of who asks. */
export function requestOf(
  { state = "open", rule = "", source = "", owner }: FindingsSearch,
  me: string,
): MessageInitShape<typeof ListFindingsRequestSchema> {
  const wireStates = {
    open: FindingState.OPEN,
    settled: FindingState.SETTLED,
    gone: FindingState.GONE,
    all: FindingState.UNSPECIFIED,
  };
  return { state: wireStates[state], rule, source, owner: owner === "me" ? me : "", withoutOwner: owner === "none" };
}

/** Whether anything but the service and the state narrows the list. */
export function isNarrowed({ service: _, state: __, ...filters }: FindingsSearch): boolean {
  return Object.keys(filters).length > 0;
}

export function widened({ service, state }: FindingsSearch): FindingsSearch {
  return { ...(service && { service }), ...(state && { state }) };
}
