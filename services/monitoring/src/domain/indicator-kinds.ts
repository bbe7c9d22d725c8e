import type { UnknownReason } from "./judgement.ts";

// What a form is made of: the kinds of conditions with their parameters, named as in the contract.

export type KindParameter = {
  name: string;
  type: "int32" | "double" | "bool" | "enum" | "zone_ids" | "region_codes" | "party_states";
  unit?: "d" | "h" | "km" | "%";
  defaultValue?: string;
  min?: number;
  max?: number;
  required?: boolean;
  allowedValues?: readonly string[];
};
export type Kind = {
  kind: string;
  needsTracker: boolean;
  parameters: readonly KindParameter[];
  unknownReasons: readonly UnknownReason[];
};

const trackerReasons = ["no_device", "ambiguous_identity", "provider_unhealthy", "unknown_asset"] as const;
const membership: KindParameter = {
  name: "membership",
  type: "enum",
  required: true,
  allowedValues: ["MEMBERSHIP_IN", "MEMBERSHIP_NOT_IN"],
};
const party: KindParameter = {
  name: "party",
  type: "enum",
  required: true,
  defaultValue: "PARTY_LESSEE",
  allowedValues: ["PARTY_LESSEE", "PARTY_LESSOR"],
};

export const indicatorKinds: readonly Kind[] = [
  {
    kind: "zone",
    needsTracker: true,
    parameters: [membership, { name: "zone_ids", type: "zone_ids", required: true, min: 1, max: 200 }],
    unknownReasons: [...trackerReasons, "no_fix"],
  },
  {
    kind: "region",
    needsTracker: true,
    parameters: [
      membership,
      { name: "region_codes", type: "region_codes", max: 100 },
      { name: "agreed_region", type: "bool", defaultValue: "false" },
    ],
    unknownReasons: [...trackerReasons, "no_agreed_region", "no_fix", "outside_known_regions"],
  },
  {
    kind: "agreed_location",
    needsTracker: true,
    parameters: [
      { name: "default_radius_km", type: "double", unit: "km", defaultValue: "50", min: 0, max: 20000 },
      { name: "margin_km", type: "double", unit: "km", defaultValue: "0", min: 0, max: 20000 },
    ],
    unknownReasons: [...trackerReasons, "no_agreed_location", "no_fix"],
  },
  {
    kind: "no_contact",
    needsTracker: true,
    parameters: [{ name: "days", type: "int32", unit: "d", defaultValue: "3", min: 1, max: 366, required: true }],
    unknownReasons: [...trackerReasons, "no_installation_date"],
  },
  {
    kind: "no_fix",
    needsTracker: true,
    parameters: [
      { name: "days", type: "int32", unit: "d", defaultValue: "7", min: 1, max: 366, required: true },
      { name: "gnss_only", type: "bool", defaultValue: "false" },
    ],
    unknownReasons: [...trackerReasons, "no_installation_date"],
  },
  {
    kind: "tracker_missing",
    needsTracker: true,
    parameters: [{ name: "grace_days", type: "int32", unit: "d", defaultValue: "7", min: 0, max: 366 }],
    unknownReasons: ["ambiguous_identity", "provider_unhealthy", "unknown_asset", "devices_unknown"],
  },
  {
    kind: "trackers_disagree",
    needsTracker: true,
    parameters: [
      { name: "distance_km", type: "double", unit: "km", defaultValue: "5", min: 0, max: 20000, required: true },
      { name: "within_hours", type: "int32", unit: "h", defaultValue: "48", min: 1, max: 720, required: true },
    ],
    unknownReasons: [...trackerReasons, "no_comparable_fixes"],
  },
  {
    kind: "mileage",
    needsTracker: true,
    parameters: [
      { name: "percent", type: "double", unit: "%", defaultValue: "110", min: 0, max: 10000, required: true },
      { name: "min_observed_days", type: "int32", unit: "d", defaultValue: "7", min: 1, max: 366, required: true },
    ],
    unknownReasons: [...trackerReasons, "no_plan", "no_odometer"],
  },
  {
    kind: "counterparty_state",
    needsTracker: false,
    parameters: [
      party,
      {
        name: "states",
        type: "party_states",
        required: true,
        defaultValue: "PARTY_STATE_DISSOLVED,PARTY_STATE_BANKRUPTING",
        allowedValues: [
          "PARTY_STATE_DISSOLVED",
          "PARTY_STATE_DISSOLVING",
          "PARTY_STATE_REORGANIZING",
          "PARTY_STATE_BANKRUPTING",
        ],
      },
    ],
    unknownReasons: ["no_party", "not_checked", "not_found"],
  },
  {
    kind: "counterparty_identity",
    needsTracker: false,
    parameters: [party],
    unknownReasons: ["no_party", "not_checked", "not_found", "identity_incomplete", "identity_invalid"],
  },
];
