// What judging takes and gives. Tracking's facts are the contract's own types; what registry said is reduced to terms.

import type { AssetFacts } from "@dozor/proto/tracking/v1/facts";

export type UnknownReason =
  | "no_device"
  | "ambiguous_identity"
  | "provider_unhealthy"
  | "unknown_asset"
  | "devices_unknown"
  | "no_fix"
  | "outside_known_regions"
  | "no_agreed_region"
  | "no_agreed_location"
  | "no_installation_date"
  | "no_comparable_fixes"
  | "no_plan"
  | "no_odometer"
  | "no_party"
  | "not_checked"
  | "not_found"
  | "identity_incomplete"
  | "identity_invalid";

/** `measured` and `limit` are in the unit of the kind: days, kilometres. */
export type Judgement =
  | { result: "violated" | "clear"; measured?: number; limit?: number }
  | { result: "unknown"; reason: UnknownReason };

export type PartyTerms = {
  /** Name of registry's CounterpartyIdentity in lower case. */
  identity: string;
  /** Whether Kontur.Focus has a record of the party. */
  found: boolean;
  /** Of "dissolved", "dissolving", "reorganizing", "bankrupting". */
  states: readonly string[];
};

/** What registry said of the asset, as far as any kind of indicator asks. */
export type Terms = {
  agreedLocation: { latitudeDeg: number; longitudeDeg: number; radiusKm: number | undefined } | undefined;
  /** ISO 3166-2; empty when the contract names none. */
  agreedRegion: string;
  plannedMileageKmPerYear: number | undefined;
  /** First instant of the day of handover. */
  handoverAtMs: number | undefined;
  trackerExpected: boolean;
  lessee: PartyTerms | undefined;
  lessor: PartyTerms | undefined;
};

export type Subject = {
  asOfMs: number;
  terms: Terms;
  /** Undefined only for kinds that need no tracker. */
  facts: AssetFacts | undefined;
};

export const unknown = (reason: UnknownReason): Judgement => ({ result: "unknown", reason });

/** Compares a measured value with its limit: violated above it, clear at it or below. */
export function above(measured: number, limit: number): Judgement {
  return { result: measured > limit ? "violated" : "clear", measured, limit };
}
