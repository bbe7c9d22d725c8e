import type { ReportedFix } from "./fix.ts";
import type { Shape } from "./geometry.ts";

// What every provider tells, whatever its wire looks like.

export type ReportedDevice = {
  externalId: string;
  imei: string;
  series: string;
  name: string;
  /** As people typed them; "" when absent. */
  vin: string;
  plate: string;
  /** Its present sitting: [installedAt, removedAt). Without installedAt it sits on nothing. */
  installedAt: Date | undefined;
  removedAt: Date | undefined;
};

export type ReportedContact = {
  externalId: string;
  deviceExternalId: string;
  at: Date;
  receivedAt: Date;
  batteryPercent: number | undefined;
  odometerKm: number | undefined;
  events: readonly string[];
  fix: ReportedFix | undefined;
};

export type ReportedZone = { externalId: string; name: string; shape: Shape };

export type ItemKind = "device" | "contact" | "zone";

/**
 * An item that contradicts the contract, kept with the reason. `raw` is what was sent, or its beginning when `isWhole` is false; `isKept` says that only a part
 * of the item was refused and the rest is taken in.
 */
export type RefusedItem = { externalId: string; reason: string; raw: string; isWhole: boolean; isKept: boolean };

/** One item read by itself. */
export type ReadItem =
  | { kind: "device"; item: ReportedDevice }
  | { kind: "contact"; item: ReportedContact }
  | { kind: "zone"; item: ReportedZone }
  | { kind: "refused"; reason: string };

/** One call as it was made; `status` is absent when no answer came, `error` when it succeeded. */
export type CallAttempt = { startedAt: Date; durationMs: number; status?: number; error?: string };

/** A call to a provider with all its attempts. `body` says what was asked for and how much came; `error` is absent when it succeeded. */
export type ProviderCall = {
  requestType: string;
  body: Record<string, string | number | undefined>;
  attempts: readonly CallAttempt[];
  error?: string;
};
