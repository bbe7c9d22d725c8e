import { toBinary } from "@bufbuild/protobuf";
import {
  type AgreedLocation,
  ContractStatus,
  CounterpartyIdentity,
  NomenclatureKind,
} from "@dozor/proto/registry/v1/entities";
import { type AssetSnapshot, AssetSnapshotSchema, type CounterpartyBrief } from "@dozor/proto/registry/v1/events";
import { addDays, isCalendarDate } from "../domain/business-date.ts";
import { type WatchRule, type WatchSubject, watchReason, watchRecheckOn } from "../domain/watch-rule.ts";
import type { ProjectedAsset, ProjectedParty } from "../store/asset.ts";

/** The row of a snapshot, watched or not by the rule on a business date. */
export function projectSnapshot(snapshot: AssetSnapshot, rule: WatchRule, date: string): ProjectedAsset {
  const subject = watchSubject(snapshot);
  const { contract, nomenclature } = snapshot;
  return {
    assetId: snapshot.assetId,
    version: snapshot.version,
    contentHash: snapshot.contentHash,
    payload: toBinary(AssetSnapshotSchema, snapshot),
    deleted: snapshot.deleted,
    externalId: snapshot.externalId,
    description: snapshot.description,
    vin: snapshot.vin,
    plate: snapshot.plate,
    kind: subject.kind,
    trackerExpected: nomenclature?.trackerExpected ?? false,
    contract:
      contract === undefined
        ? undefined
        : {
            id: contract.id,
            number: contract.number,
            status: enumName(ContractStatus, contract.status),
            deleted: contract.deleted,
            startDate: dateOf(contract.startDate),
            endDate: dateOf(contract.endDate),
            handoverDate: dateOf(contract.handoverDate),
            returnDate: dateOf(contract.returnDate),
            plannedMileageKmPerYear: contract.plannedMileageKmPerYear,
          },
    agreedLocation: locationOf(contract?.agreedLocation),
    agreedRegion: contract?.agreedLocation?.regionCode ?? "",
    lessee: partyOf(snapshot.lessee),
    lessor: partyOf(snapshot.lessor),
    watchReason: watchReason(subject, rule, date),
    watchRecheckOn: watchRecheckOn(subject, date, (day) => addDays(day, 1)),
    watchRuleVersion: rule.version,
  };
}

function watchSubject({ deleted, nomenclature, contract }: AssetSnapshot): WatchSubject {
  return {
    deleted,
    kind: nomenclature === undefined ? undefined : enumName(NomenclatureKind, nomenclature.kind),
    contract:
      contract === undefined
        ? undefined
        : {
            deleted: contract.deleted,
            status: enumName(ContractStatus, contract.status),
            startDate: dateOf(contract.startDate),
            endDate: dateOf(contract.endDate),
            returnDate: dateOf(contract.returnDate),
          },
  };
}

function locationOf(location: AgreedLocation | undefined): ProjectedAsset["agreedLocation"] {
  if (location?.latitudeDeg === undefined || location.longitudeDeg === undefined) return undefined;
  return { latitudeDeg: location.latitudeDeg, longitudeDeg: location.longitudeDeg, radiusKm: location.radiusKm };
}

function partyOf(party: CounterpartyBrief | undefined): ProjectedParty | undefined {
  if (party === undefined) return undefined;
  return {
    id: party.id,
    name: party.name,
    identity: enumName(CounterpartyIdentity, party.identity),
    found: party.focusInn !== "" || party.focusOgrn !== "",
    states: partyStates(party),
  };
}

/** The states that Kontur.Focus gave a party, named as in the conditions. */
export function partyStates(party: CounterpartyBrief): string[] {
  const all = {
    dissolved: party.dissolved,
    dissolving: party.dissolving,
    reorganizing: party.reorganizing,
    bankrupting: party.bankrupting,
  };
  return Object.entries(all)
    .filter(([, holds]) => holds)
    .map(([state]) => state);
}

/** The name of an enum value as tables and rules write it; a value newer than this code keeps its number. */
export function enumName(values: Readonly<Record<number, string>>, value: number): string {
  return (values[value] ?? `value_${value}`).toLowerCase();
}

/** Registry sends dates it has checked; whatever else came would otherwise stop a whole batch at the table. */
function dateOf(text: string): string | undefined {
  return isCalendarDate(text) ? text : undefined;
}
