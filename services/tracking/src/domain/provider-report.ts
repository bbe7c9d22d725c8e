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

/** An item that contradicts the contract, kept with the reason. `raw` is the beginning of what was sent. */
export type RefusedItem = { externalId: string; reason: string; raw: string };
