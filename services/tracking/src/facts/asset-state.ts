import type { Availability } from "@dozor/proto/tracking/v1/facts";
import type { FixColumns } from "./messages.ts";
import type { SittingFacts } from "./sitting-facts.ts";

/** What is known of one asset as of an instant. */
export type AssetState = {
  assetId: string;
  availability: Availability;
  /** Devices that sit on it, newest contact first. */
  devices: readonly SittingFacts[];
  /** Newest plausible fix over all devices, when asked for. */
  regionPosition: FixColumns | undefined;
  /** Newest fix good enough for zones over all devices, when asked for. */
  zonePosition: FixColumns | undefined;
  zones: readonly Presence[];
  mileage: Mileage | undefined;
  /** Whether the listing of devices of some provider was ever complete. */
  devicesKnown: boolean;
};

export type Presence = { zoneId: string; zoneVersion: number; since: Date };

export type Mileage = { deviceId: string; firstAt: Date; lastAt: Date; distanceKm: number; readingCount: number };
