/** What the leasing base knows, in the world's own words; `onec/` writes it in the words of 1C. Dates are `YYYY-MM-DD`. */
export type EntityType = "nomenclature" | "counterparty" | "contact" | "contract" | "asset";

export const ENTITY_TYPES: readonly EntityType[] = ["nomenclature", "counterparty", "contact", "contract", "asset"];

export type PropertyKind =
  | "passenger_car"
  | "truck"
  | "bus"
  | "trailer"
  | "special_machine"
  | "motorcycle"
  | "ship"
  | "furniture"
  | "equipment"
  | "other";

/** Kinds that are watched; chairs and ships are not. */
export const WATCHED_KINDS: ReadonlySet<PropertyKind> = new Set([
  "passenger_car",
  "truck",
  "bus",
  "trailer",
  "special_machine",
  "motorcycle",
]);

interface Common {
  /** The guid that 1C calls Ref_Key. */
  id: string;
  code: string;
  name: string;
  /** Marked for deletion, but still there. */
  deleted: boolean;
}

export interface Nomenclature extends Common {
  folder: boolean;
  parent: string | null;
  kind: PropertyKind | null;
  vinExpected: boolean;
  trackerExpected: boolean;
}

export interface Counterparty extends Common {
  fullName: string;
  form: "company" | "sole_trader" | "person";
  inn: string;
  kpp: string;
  ogrn: string;
  address: string;
}

/** A person or phone of a counterparty. */
export interface Contact extends Common {
  owner: string | null;
  position: string;
  phone: string;
  email: string;
}

export type ContractStatus = "draft" | "active" | "suspended" | "finished" | "terminated";

export interface ContractRow {
  asset: string;
  handedOverOn: string | null;
  returnedOn: string | null;
}

export interface Contract extends Common {
  number: string;
  signedOn: string;
  lessee: string | null;
  lessor: string | null;
  startsOn: string | null;
  endsOn: string | null;
  status: ContractStatus;
  address: string;
  lat: number | null;
  lon: number | null;
  radiusKm: number | null;
  region: string | null;
  planKmPerYear: number | null;
  debt: number;
  overdueDays: number;
  rows: ContractRow[];
}

export interface Asset extends Common {
  nomenclature: string | null;
  contract: string | null;
  vin: string;
  plate: string;
  serial: string;
  epts: string;
  year: number | null;
}

export interface EntityOf {
  nomenclature: Nomenclature;
  counterparty: Counterparty;
  contact: Contact;
  contract: Contract;
  asset: Asset;
}

export type Entity = EntityOf[EntityType];

/** How an entity reaches the other side: at once, after everything that refers to it, or never. */
export type Delivery = "normal" | "late" | "never";
