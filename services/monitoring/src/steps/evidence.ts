import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Condition, Membership, Party } from "@dozor/proto/monitoring/v1/condition";
import {
  type AgreedTermsSchema,
  type Evidence,
  EvidenceSchema,
  type PartyEvidenceSchema,
} from "@dozor/proto/monitoring/v1/verdict";
import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import type { AssetSnapshot, CounterpartyBrief } from "@dozor/proto/registry/v1/events";
import type { AssetFacts, AssetFactsSchema } from "@dozor/proto/tracking/v1/facts";
import type { Judgement } from "../domain/judgement.ts";
import { enumName, partyStates } from "./project-snapshot.ts";

export type EvidenceBasis = {
  asOf: Date;
  condition: Condition;
  zoneNames: Readonly<Record<string, string>>;
  snapshot: AssetSnapshot;
  facts: AssetFacts | undefined;
  judgement: Judgement;
};

/** Freezes what a verdict rests on: only what its condition looked at, so that it can be read, and judged again, years later. */
export function evidenceOf(basis: EvidenceBasis): Evidence {
  const { asOf, condition, snapshot, facts, judgement } = basis;
  const agreed = agreedTerms(condition, snapshot);
  const party = partyEvidence(condition, snapshot);
  return create(EvidenceSchema, {
    asOf: timestampFromDate(asOf),
    assetVersion: snapshot.version,
    ...(facts === undefined ? {} : { facts: factsLookedAt(condition, facts) }),
    ...(agreed === undefined ? {} : { agreed }),
    ...(party === undefined ? {} : { party }),
    ...(judgement.result === "unknown" || judgement.measured === undefined ? {} : { measured: judgement.measured }),
    ...(judgement.result === "unknown" || judgement.limit === undefined ? {} : { limit: judgement.limit }),
    zoneNames: zoneNames(basis),
  });
}

function factsLookedAt({ kind }: Condition, facts: AssetFacts): MessageInitShape<typeof AssetFactsSchema> {
  const { assetId, availability, devices, devicesKnown, regionPosition, zonePosition, mileage } = facts;
  const looked: MessageInitShape<typeof AssetFactsSchema> = { assetId, availability, devices, devicesKnown };
  if (kind.case === "region" && regionPosition !== undefined) looked.regionPosition = regionPosition;
  if ((kind.case === "zone" || kind.case === "agreedLocation") && zonePosition !== undefined)
    looked.zonePosition = zonePosition;
  if (kind.case === "zone") looked.zones = facts.zones.filter(({ zoneId }) => kind.value.zoneIds.includes(zoneId));
  if (kind.case === "mileage" && mileage !== undefined) looked.mileage = mileage;
  return looked;
}

const kindsWithTerms = new Set(["region", "agreedLocation", "mileage", "trackerMissing"]);

function agreedTerms(
  { kind }: Condition,
  { contract, nomenclature }: AssetSnapshot,
): MessageInitShape<typeof AgreedTermsSchema> | undefined {
  if (kind.case === undefined || !kindsWithTerms.has(kind.case)) return undefined;
  const location = contract?.agreedLocation;
  return {
    ...(location?.latitudeDeg === undefined ? {} : { latitudeDeg: location.latitudeDeg }),
    ...(location?.longitudeDeg === undefined ? {} : { longitudeDeg: location.longitudeDeg }),
    ...(location?.radiusKm === undefined ? {} : { radiusKm: location.radiusKm }),
    ...(contract?.plannedMileageKmPerYear === undefined
      ? {}
      : { plannedMileageKmPerYear: contract.plannedMileageKmPerYear }),
    regionCode: location?.regionCode ?? "",
    address: location?.address ?? "",
    handoverDate: contract?.handoverDate ?? "",
    trackerExpected: nomenclature?.trackerExpected ?? false,
  };
}

function partyEvidence(
  { kind }: Condition,
  { lessee, lessor }: AssetSnapshot,
): MessageInitShape<typeof PartyEvidenceSchema> | undefined {
  if (kind.case !== "counterpartyState" && kind.case !== "counterpartyIdentity") return undefined;
  const party: CounterpartyBrief | undefined = kind.value.party === Party.LESSOR ? lessor : lessee;
  if (party === undefined) return undefined;
  return {
    counterpartyId: party.id,
    name: party.name,
    inn: party.inn,
    ogrn: party.ogrn,
    focusInn: party.focusInn,
    focusOgrn: party.focusOgrn,
    focusStatusText: party.focusStatusText,
    identity: enumName(CounterpartyIdentity, party.identity),
    states: partyStates(party),
    ...(party.focusCheckedAt === undefined ? {} : { checkedAt: party.focusCheckedAt }),
  };
}

function zoneNames({ condition: { kind }, zoneNames: names, facts }: EvidenceBasis): string[] {
  if (kind.case !== "zone") return [];
  const ids =
    kind.value.membership === Membership.IN
      ? (facts?.zones ?? []).map(({ zoneId }) => zoneId).filter((zoneId) => kind.value.zoneIds.includes(zoneId))
      : kind.value.zoneIds;
  return ids.map((zoneId) => names[zoneId] ?? zoneId);
}
