import { isForeignInn } from "./identifiers.ts";
import { type PartyState, partyTruthAt, relatedNumbers } from "./parties.ts";
import { hash, hashText } from "./random.ts";
import type { World } from "./world.ts";

/** A record of the state register as Kontur.Focus retells it. */
export interface RegisterRecord {
  inn: string;
  ogrn: string;
  kpp: string;
  form: "company" | "sole_trader";
  name: string;
  region: string;
  city: string;
  registeredOn: string;
  dissolvedOn: string | null;
  state: PartyState;
  /** Registered by mistake beside the true record. */
  mistaken: boolean;
  predecessors: { name: string; inn: string; ogrn: string; date: string }[];
  successors: { name: string; inn: string; ogrn: string; date: string }[];
}

export interface Register {
  byInn(inn: string): RegisterRecord[];
  byOgrn(ogrn: string): RegisterRecord[];
  setState(ogrnOrInn: string, state: PartyState): boolean;
}

/** All records that belong to the counterparties of a world. */
export function makeRegister(world: World): Register {
  const byInn = new Map<string, number[]>();
  const byOgrn = new Map<string, number>();
  for (let party = 0; party < world.plan.counterpartyCount; party++) {
    for (const record of recordsOf(world, party)) {
      byInn.set(record.inn, [...(byInn.get(record.inn) ?? []), party]);
      byOgrn.set(record.ogrn, party);
    }
  }
  const parties = (inn: string) => new Set(byInn.get(inn) ?? []);
  return {
    byInn: (inn) =>
      [...parties(inn)].flatMap((party) => recordsOf(world, party)).filter((record) => record.inn === inn),
    byOgrn: (ogrn) => {
      const party = byOgrn.get(ogrn);
      return party === undefined ? [] : recordsOf(world, party).filter((record) => record.ogrn === ogrn);
    },
    setState: (number, state) => {
      const party = byOgrn.get(number) ?? byInn.get(number)?.[0];
      if (party === undefined) return false;
      world.setPartyState(party, state);
      return true;
    },
  };
}

function recordsOf(world: World, index: number): RegisterRecord[] {
  const truth = world.partyAt(index);
  if (truth.form === "person" || truth.trouble === "unknown-to-focus" || isForeignInn(truth.inn)) return [];
  const { form, inn, ogrn, kpp, state, place, registeredYear } = truth;
  const month = String(1 + (hash(world.plan.seed, hashText("month"), index, 0) % 12)).padStart(2, "0");
  const own: RegisterRecord = {
    ...{ inn, ogrn, kpp, form, name: truth.name, region: place.region, city: place.name, state, mistaken: false },
    registeredOn: `${registeredYear}-${month}-17`,
    dissolvedOn: state === "dissolved" ? "2024-02-14" : null,
    predecessors: [],
    successors: [],
  };
  const related = relatedNumbers(world.plan, index, partyTruthAt(world.plan, index));
  const other: RegisterRecord = { ...own, ogrn: related.ogrn, registeredOn: `${related.year}-${month}-03` };
  switch (truth.trouble) {
    case "duplicate-inn":
      return [{ ...other, state: "dissolved", dissolvedOn: other.registeredOn, mistaken: true }, own];
    case "predecessor-ogrn": {
      const before = {
        ...other,
        inn: related.inn,
        name: `${truth.name} (до реорганизации)`,
        state: "dissolved" as const,
      };
      const date = own.registeredOn;
      return [
        { ...own, predecessors: [{ name: before.name, inn: before.inn, ogrn: before.ogrn, date }] },
        { ...before, dissolvedOn: date, successors: [{ name: own.name, inn, ogrn, date }] },
      ];
    }
    case "conflicting-ogrn":
      return [own, { ...other, inn: related.inn, name: `${truth.name}-2`, state: "active", dissolvedOn: null }];
    default:
      return [own];
  }
}
