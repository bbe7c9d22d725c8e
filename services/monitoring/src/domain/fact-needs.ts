import type { Condition } from "@dozor/proto/monitoring/v1/condition";

/** Which of tracking's facts a condition looks at; undefined when it needs no tracker. Devices and availability always come. */
export type FactNeeds = {
  regionPosition: boolean;
  zonePosition: boolean;
  mileage: boolean;
  zoneIds: readonly string[];
};

export function factNeeds({ kind }: Condition): FactNeeds | undefined {
  const none: FactNeeds = { regionPosition: false, zonePosition: false, mileage: false, zoneIds: [] };
  switch (kind.case) {
    case "counterpartyState":
    case "counterpartyIdentity":
    case undefined:
      return undefined;
    case "zone":
      return { ...none, zonePosition: true, zoneIds: kind.value.zoneIds };
    case "agreedLocation":
      return { ...none, zonePosition: true };
    case "region":
      return { ...none, regionPosition: true };
    case "mileage":
      return { ...none, mileage: true };
    case "noContact":
    case "noFix":
    case "trackerMissing":
    case "trackersDisagree":
      return none;
  }
}

/** One question that answers several. */
export function unitedNeeds(all: readonly FactNeeds[]): FactNeeds {
  return {
    regionPosition: all.some((needs) => needs.regionPosition),
    zonePosition: all.some((needs) => needs.zonePosition),
    mileage: all.some((needs) => needs.mileage),
    zoneIds: [...new Set(all.flatMap((needs) => needs.zoneIds))],
  };
}
