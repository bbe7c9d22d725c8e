import type { Shape } from "../domain/geometry.ts";
import type {
  ItemKind,
  ProviderCall,
  ReadItem,
  RefusedItem,
  ReportedContact,
  ReportedDevice,
  ReportedZone,
} from "../domain/provider-report.ts";

/** One page of a listing. `next` is the cursor of the following page, undefined on the last; `callId` is the call's message in the journal. */
export type Page<T> = { items: T[]; refused: RefusedItem[]; next: string | undefined; callId: string };

/** Writes a call that ended into the journal and answers the id of its message. */
export type WriteCall = (provider: string, call: ProviderCall) => Promise<string>;

/** What a provider can be asked without being hurt. */
export type ProviderLimits = { callsPerSecond: number; oneCallAtATime: boolean };

/**
 * A system that knows where devices are. An adapter speaks its wire, reads every item strictly, hands on what contradicts the contract as refused,
 * keeps the provider's limits, and repeats calls that failed for a moment. It stores nothing but what it is given to write calls down.
 */
export type Provider = {
  name: string;
  adapter: string;
  devices(page: string | undefined, signal: AbortSignal): Promise<Page<ReportedDevice>>;
  /** Contacts received at or after `since`, by the time they were received. */
  contacts(since: Date, page: string | undefined, signal: AbortSignal): Promise<Page<ReportedContact>>;
  zones(page: string | undefined, signal: AbortSignal): Promise<Page<ReportedZone>>;
  /** Reads one item as it was sent, by today's rules. */
  readItem(kind: ItemKind, raw: string): ReadItem;
  /** Makes a zone at the provider and answers its id there. */
  createZone(name: string, shape: Shape, signal: AbortSignal): Promise<string>;
};

/** Lets calls through as the limits allow, across all instances. */
export type CallGate = {
  call<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** No call for so long: the provider asked for it. */
  holdOff(ms: number): Promise<void>;
};

export type OpenGate = (provider: string, limits: ProviderLimits) => CallGate;

/** The page to go on with is not known to the provider any more. */
export class UnknownPageError extends Error {
  constructor(provider: string, cause: unknown) {
    super(`list contacts of ${provider}: it refuses the page we stopped at`, { cause });
    this.name = "UnknownPageError";
  }
}
