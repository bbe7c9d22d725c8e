import { addDays } from "./calendar.ts";
import { type ContractTerms, contractTermsAt } from "./contracts.ts";
import type { Asset, Contract, ContractRow } from "./entities.ts";
import { guidOf } from "./guid.ts";
import { carPlate, machinePlate, pad, trailerPlate, vin } from "./identifiers.ts";
import { LATE_MODEL, modelAt, NEVER_MODEL, pickModel, pickModelOf } from "./nomenclature.ts";
import type { Plan } from "./plan.ts";
import { scatter } from "./plan.ts";
import { chanceOf, hashText, randomFor } from "./random.ts";
import { regionCode } from "./regions.ts";
import { SHARES } from "./shares.ts";

export type AssetTrouble =
  | "invalid-vin"
  | "cyrillic-vin"
  | "vin-on-furniture"
  | "no-vin-marker"
  | "duplicate-vin"
  | "released-twin"
  | "duplicated-vin";

/** What is special about an asset, before anything of it is written down. */
export interface AssetTraits {
  model: number;
  trouble: AssetTrouble | null;
  /** How the asset hangs on its contract: by its own key, only by the contract's row, or not at all. */
  link: "key" | "row" | "none";
  returned: boolean;
  deleted: boolean;
}

const PAIR = hashText("vin-pair");
const CYRILLIC: Record<string, string> = {
  A: "А",
  B: "В",
  E: "Е",
  K: "К",
  M: "М",
  H: "Н",
  P: "Р",
  C: "С",
  T: "Т",
  X: "Х",
};
const NO_VIN_MARKERS = ["ОТСУТСТВУЕТ", "НЕ УСТАНОВЛЕН", "Б/Н", "НЕТ", "-", ""];

export function assetTraitsAt(plan: Plan, index: number): AssetTraits {
  const random = randomFor(plan.seed, "asset", index);
  const shares = SHARES.asset;
  const pair = pairRole(plan, index);
  const model = pair === null ? pickModel(random) : pickModelOf(random, "passenger_car");
  const drawn = random.next();
  const link =
    drawn < shares.withoutContract ? "none" : drawn < shares.withoutContract + shares.linkedByRowOnly ? "row" : "key";
  const returned = pair === "released-twin" || random.chance(shares.returned);
  const deleted = random.chance(shares.deleted);
  if (pair !== null) {
    return { model, trouble: pair, link: "key", returned: pair === "released-twin", deleted: false };
  }
  const kind = modelAt(model).kind;
  const spoiled = random.next();
  const catalogue = random.next();
  const missing = shares.missingNomenclature;
  if (kind === "truck" && catalogue < (missing + shares.lateNomenclature) * 4) {
    return { model: catalogue < missing * 4 ? NEVER_MODEL : LATE_MODEL, trouble: null, link, returned, deleted };
  }
  return { model, trouble: troubleOf(kind, modelAt(model).maker, spoiled), link, returned, deleted };
}

/** The asset as the base shows it. */
export function assetAt(plan: Plan, index: number): Asset {
  const traits = assetTraitsAt(plan, index);
  const random = randomFor(plan.seed, "asset-card", index);
  const contract = plan.contractOfAsset[index] ?? 0;
  const { name, kind } = modelAt(traits.model);
  const year = random.int(2015, 2025);
  const numberless = kind === "special_machine" || kind === "equipment";
  return {
    id: guidOf(plan.seed, "asset", index),
    code: `ПЛ-${pad(index + 1, 7)}`,
    name,
    deleted: traits.deleted,
    nomenclature: guidOf(plan.seed, "nomenclature", traits.model),
    contract: traits.link === "key" ? guidOf(plan.seed, "contract", contract) : null,
    vin: shownVin(plan, index, traits, year),
    plate: plateAt(plan, index, traits),
    serial: numberless ? `${random.pick(["SN", "PC", "KZ", "AA"])}${pad(random.int(0, 9_999_999), 7)}` : "",
    epts: year >= 2021 && traits.trouble === null ? `1643010${pad(index % 100_000_000, 8)}` : "",
    year,
  };
}

/** The VIN stamped on the frame, whatever was typed; empty where there is none. */
export function stampedVin(plan: Plan, index: number): string {
  const traits = assetTraitsAt(plan, index);
  if (traits.trouble === "duplicate-vin" || traits.trouble === "released-twin") return stampedVin(plan, index - 1);
  const maker = modelAt(traits.model).maker || (traits.trouble === "vin-on-furniture" ? "XTA" : "");
  if (maker === "") return "";
  return vin(
    maker,
    traits.model,
    randomFor(plan.seed, "asset-card", index).int(2015, 2025),
    scatter(plan.seed, "vin", index, 1_000_000),
  );
}

/** The contract as the base shows it, with a row for each of its assets. */
export function contractAt(plan: Plan, index: number): Contract {
  const terms = contractTermsAt(plan, index);
  const number = `${pad((index * 37) % 100_000, 5)}/${(terms.startsOn ?? plan.businessDate).slice(0, 4)}-ДЛ`;
  return {
    id: guidOf(plan.seed, "contract", index),
    code: `ДЛ-${pad(index + 1, 7)}`,
    name: `Договор лизинга № ${number}`,
    deleted: terms.deleted,
    number,
    signedOn: addDays(terms.startsOn ?? plan.businessDate, -7),
    lessee: guidOf(plan.seed, "counterparty", plan.lesseeOfContract[index] ?? 0),
    lessor: guidOf(plan.seed, "counterparty", index % plan.lessorCount),
    startsOn: terms.startsOn,
    endsOn: terms.endsOn,
    status: terms.status,
    address: terms.address,
    lat: terms.told.location ? terms.home.lat : null,
    lon: terms.told.location ? terms.home.lon : null,
    radiusKm: terms.told.radius ? terms.radiusKm : null,
    region: terms.told.region ? terms.place.region : null,
    planKmPerYear: terms.told.plan ? terms.planKmPerYear : null,
    debt: terms.debt,
    overdueDays: terms.overdueDays,
    rows: rowsOf(plan, index, terms),
  };
}

export function contractRowOf(plan: Plan, asset: number, terms: ContractTerms, traits: AssetTraits): ContractRow {
  const finished = terms.status === "finished";
  const returnedOn = traits.returned ? addDays(plan.businessDate, -30) : finished ? terms.endsOn : null;
  return {
    asset: guidOf(plan.seed, "asset", asset),
    handedOverOn: terms.startsOn === null || terms.startsOn > plan.businessDate ? null : terms.startsOn,
    returnedOn: returnedOn !== null && returnedOn <= plan.businessDate ? returnedOn : null,
  };
}

function rowsOf(plan: Plan, contract: number, terms: ContractTerms): ContractRow[] {
  const rows: ContractRow[] = [];
  for (let asset = plan.firstAsset[contract] ?? 0; asset < (plan.firstAsset[contract + 1] ?? 0); asset++) {
    const traits = assetTraitsAt(plan, asset);
    if (traits.link !== "none") rows.push(contractRowOf(plan, asset, terms, traits));
  }
  return rows;
}

/** Odd assets may repeat the VIN of the asset before them, which then is an ordinary car. */
function pairRole(plan: Plan, index: number): AssetTrouble | null {
  const odd = index % 2 === 1 ? index : index + 1;
  if (odd >= plan.assetCount) return null;
  const drawn = chanceOf(plan.seed, PAIR, odd);
  const { duplicateVin, releasedTwin } = SHARES.asset;
  if (drawn >= (duplicateVin + releasedTwin) * 2) return null;
  if (drawn < duplicateVin * 2) return index === odd ? "duplicate-vin" : "duplicated-vin";
  return index === odd ? "released-twin" : "duplicated-vin";
}

function troubleOf(kind: string, maker: string, drawn: number): AssetTrouble | null {
  const shares = SHARES.asset;
  if (kind === "furniture") return drawn < shares.vinOnFurniture ? "vin-on-furniture" : null;
  if (kind === "special_machine") return maker === "" || drawn < shares.machineWithoutVin ? "no-vin-marker" : null;
  if (maker === "") return null;
  if (drawn < shares.invalidVin) return "invalid-vin";
  return drawn < shares.invalidVin + shares.cyrillicVin ? "cyrillic-vin" : null;
}

function shownVin(plan: Plan, index: number, traits: AssetTraits, year: number): string {
  const stamped = stampedVin(plan, index);
  switch (traits.trouble) {
    case "invalid-vin":
      return index % 2 === 0 ? stamped.slice(0, 16) : `${stamped.slice(0, 9)}O${stamped.slice(10)}`;
    case "cyrillic-vin":
      return stamped.replace(/[ABEKMHPCTX]/g, (letter) => CYRILLIC[letter] ?? letter);
    case "no-vin-marker":
      return NO_VIN_MARKERS[(index + year) % NO_VIN_MARKERS.length] ?? "";
    default:
      return stamped;
  }
}

function plateAt(plan: Plan, index: number, traits: AssetTraits): string {
  const { kind } = modelAt(traits.model);
  const serial = scatter(plan.seed, "plate", index, 1_700_000);
  const region = regionCode(contractTermsAt(plan, plan.contractOfAsset[index] ?? 0).place.region);
  switch (kind) {
    case "passenger_car":
    case "truck":
    case "bus":
      return carPlate(region, serial);
    case "trailer":
      return serial < 1_439_000 ? trailerPlate(region, serial) : "";
    case "special_machine":
      return serial < 1_439_000 ? machinePlate(region, serial) : "";
    case "motorcycle":
      return serial < 1_439_000 ? machinePlate(region, serial) : "";
    default:
      return "";
  }
}
