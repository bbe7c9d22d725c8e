import type { Contact, Counterparty, Delivery } from "./entities.ts";
import { guidOf } from "./guid.ts";
import { breakLastDigit, companyInn, companyOgrn, pad, personInn, soleTraderOgrn } from "./identifiers.ts";
import { type Place, pickCity } from "./places.ts";
import type { Plan } from "./plan.ts";
import { scatter } from "./plan.ts";
import { hash, hashText, outcomeAt, type Random, randomFor } from "./random.ts";
import { REGIONS, regionCode } from "./regions.ts";
import { SHARES } from "./shares.ts";
import {
  COMPANY_ROOTS,
  COMPANY_TRADES,
  FIRST_NAMES,
  LESSORS,
  PATRONYMICS,
  POSITIONS,
  STREETS,
  SURNAMES,
} from "./words.ts";

export type PartyState = "active" | "dissolved" | "dissolving" | "reorganizing" | "bankrupt";

export type PartyTrouble =
  | "bad-inn"
  | "mistyped-inn"
  | "predecessor-ogrn"
  | "conflicting-ogrn"
  | "duplicate-inn"
  | "without-ogrn"
  | "unknown-to-focus"
  | "foreign";

/** What the state register holds of a party; the base may hold something else. */
export interface PartyTruth {
  form: "company" | "sole_trader" | "person";
  name: string;
  inn: string;
  ogrn: string;
  kpp: string;
  registeredYear: number;
  state: PartyState;
  trouble: PartyTrouble | null;
  place: Place;
  delivery: Delivery;
}

/** A counterparty as the base shows it, with its typing errors. */
export function counterpartyAt(plan: Plan, index: number): Counterparty {
  const truth = partyTruthAt(plan, index);
  const id = guidOf(plan.seed, "counterparty", index);
  const quoted = truth.form === "company" ? `ООО "${truth.name}"` : truth.name;
  const full = {
    company: `Общество с ограниченной ответственностью "${truth.name}"`,
    sole_trader: `ИП ${truth.name}`,
    person: truth.name,
  };
  const typed = typedNumbers(plan, index, truth);
  return {
    ...{
      id,
      code: `КА-${pad(index + 1, 7)}`,
      name: quoted,
      fullName: full[truth.form],
      form: truth.form,
      deleted: false,
    },
    ...{ inn: typed.inn, ogrn: typed.ogrn, kpp: truth.form === "company" ? truth.kpp : "" },
    address: addressAt(randomFor(plan.seed, "address", index), truth.place),
  };
}

/** The contact number `index`: everybody has one, some have more. */
export function contactAt(plan: Plan, index: number): Contact {
  const random = randomFor(plan.seed, "contact", index);
  const lessees = plan.counterpartyCount - plan.lessorCount;
  const owner = plan.lessorCount + (index < lessees ? index : random.int(0, lessees - 1));
  const name = personName(random);
  return {
    ...{ id: guidOf(plan.seed, "contact", index), code: `КЛ-${pad(index + 1, 7)}`, name, deleted: false },
    owner: guidOf(plan.seed, "counterparty", owner),
    position: random.pick(POSITIONS),
    phone: `+7 9${pad(random.int(0, 99), 2)} ${pad(random.int(0, 999), 3)}-${pad(random.int(0, 99), 2)}-${pad(random.int(0, 99), 2)}`,
    email: random.chance(0.7) ? `office${index + 1}@example.ru` : "",
  };
}

export function partyTruthAt(plan: Plan, index: number): PartyTruth {
  const random = randomFor(plan.seed, "party", index);
  const place = pickCity(random);
  const lessor = index < plan.lessorCount;
  const drawn = random.next();
  const form = lessor || drawn < 0.72 ? "company" : drawn < 0.985 ? "sole_trader" : "person";
  const registeredYear = random.int(2003, 2022);
  const code = regionCode(place.region);
  const trouble = lessor ? null : troubleOf(random, form);
  const state = lessor || form === "person" ? "active" : stateOf(random, form);
  const numbers = registerNumbers(plan.seed, index, form, code, registeredYear);
  return {
    ...{ form, registeredYear, state, trouble, place },
    name: lessor ? (LESSORS[index] ?? "Лизинг") : form === "company" ? companyName(random, index) : personName(random),
    ...numbers,
    ...(trouble === "foreign"
      ? { inn: companyInn("99", scatter(plan.seed, "foreign", index, 2_900_000)), ogrn: "" }
      : {}),
    kpp: form === "company" ? `${numbers.inn.slice(0, 4)}01001` : "",
    delivery: lessor ? "normal" : deliveryOf(random),
  };
}

/** Numbers of the register by which this party, or one related to it, is known. */
export function registerNumbers(seed: number, serial: number, form: PartyTruth["form"], code: string, year: number) {
  const unique = scatter(seed, "party-serial", serial, 2_900_000);
  if (form === "company") return { inn: companyInn(code, unique), ogrn: companyOgrn(code, year, unique) };
  return { inn: personInn(code, unique), ogrn: form === "person" ? "" : soleTraderOgrn(code, year, unique) };
}

/** The other record that a trouble needs: the predecessor, or the stranger whose number was typed. */
export function relatedNumbers(plan: Plan, index: number, truth: PartyTruth) {
  const year = Math.max(2002, truth.registeredYear - 1 - (hash(plan.seed, hashText("related"), index, 0) % 6));
  const serial = plan.counterpartyCount + index;
  return { ...registerNumbers(plan.seed, serial, truth.form, regionCode(truth.place.region), year), year };
}

function typedNumbers(plan: Plan, index: number, truth: PartyTruth): { inn: string; ogrn: string } {
  const { inn, ogrn } = truth;
  switch (truth.trouble) {
    case "bad-inn":
      return { inn: breakLastDigit(inn), ogrn: "" };
    case "mistyped-inn":
      return { inn: breakLastDigit(inn), ogrn };
    case "predecessor-ogrn":
    case "conflicting-ogrn":
      return { inn, ogrn: relatedNumbers(plan, index, truth).ogrn };
    case "without-ogrn":
      return { inn, ogrn: "" };
    default:
      return { inn, ogrn };
  }
}

function troubleOf(random: Random, form: PartyTruth["form"]): PartyTrouble | null {
  const { party } = SHARES;
  const company = form === "company" ? 1 : 0;
  return outcomeAt<PartyTrouble>(random.next(), [
    ["bad-inn", party.badInn],
    ["unknown-to-focus", party.unknownToFocus],
    ["without-ogrn", form === "person" ? 0 : party.withoutOgrn],
    ["mistyped-inn", party.mistypedInn * company],
    ["predecessor-ogrn", party.predecessorOgrn * company],
    ["conflicting-ogrn", party.conflictingOgrn * company],
    ["duplicate-inn", party.duplicateInn * company],
    ["foreign", party.foreign * company],
  ]);
}

function stateOf(random: Random, form: PartyTruth["form"]): PartyState {
  const { party } = SHARES;
  const state = outcomeAt<PartyState>(random.next(), [
    ["dissolved", party.dissolved],
    ["dissolving", party.dissolving],
    ["reorganizing", form === "company" ? party.reorganizing : 0],
    ["bankrupt", form === "company" ? party.bankrupt : 0],
  ]);
  return state ?? "active";
}

function deliveryOf(random: Random): Delivery {
  const drawn = random.next();
  if (drawn < SHARES.party.never) return "never";
  return drawn < SHARES.party.never + SHARES.party.late ? "late" : "normal";
}

function companyName(random: Random, index: number): string {
  const name = `${random.pick(COMPANY_ROOTS)}${random.pick(COMPANY_TRADES)}`;
  return random.chance(0.4) ? `${name} ${1 + (index % 97)}` : name;
}

function personName(random: Random): string {
  return `${random.pick(SURNAMES)} ${random.pick(FIRST_NAMES)} ${random.pick(PATRONYMICS)}`;
}

export function addressAt(random: Random, place: Place): string {
  const region = REGIONS[place.region]?.name ?? "";
  const street = `ул. ${random.pick(STREETS)}, д. ${random.int(1, 180)}`;
  return region === place.name ? `г. ${place.name}, ${street}` : `${region}, г. ${place.name}, ${street}`;
}
