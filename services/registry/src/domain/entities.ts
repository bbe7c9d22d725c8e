import type { ContractStatus, CounterpartyType, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import type { JsonObject } from "./json.ts";
import type { Remark } from "./reading.ts";

/** What every entity shares. Ids are UUIDs made of source and external id; absent references are null. */
export type EntityHeader = {
  id: string;
  source: string;
  externalId: string;
  sourceVersion: string;
  deleted: boolean;
  code: string;
  description: string;
  remarks: Remark[];
  /** The attributes as the source sent them. */
  raw: JsonObject;
};

export type Nomenclature = EntityHeader & {
  entity: "nomenclature";
  folder: boolean;
  parentId: string | null;
  kind: NomenclatureKind;
  vinExpected: boolean;
  trackerExpected: boolean;
};

export type Counterparty = EntityHeader & {
  entity: "counterparty";
  type: CounterpartyType;
  fullName: string;
  inn: string;
  kpp: string;
  ogrn: string;
  legalAddress: string;
};

export type Contact = EntityHeader & {
  entity: "contact";
  counterpartyId: string | null;
  position: string;
  phone: string;
  email: string;
};

/** Dates are business dates, YYYY-MM-DD, null when absent. */
export type ContractItem = {
  lineNumber: number;
  assetId: string;
  handoverDate: string | null;
  returnDate: string | null;
};

export type Contract = EntityHeader & {
  entity: "contract";
  number: string;
  signedDate: string | null;
  startDate: string | null;
  endDate: string | null;
  status: ContractStatus;
  lesseeId: string | null;
  lessorId: string | null;
  address: string;
  latitudeDeg: number | null;
  longitudeDeg: number | null;
  radiusKm: number | null;
  /** ISO 3166-2, empty when not agreed. */
  regionCode: string;
  plannedMileageKmPerYear: number | null;
  /** Decimal number with two digits after the point, roubles. */
  debtAmount: string | null;
  overdueDays: number;
  items: ContractItem[];
};

export type Asset = EntityHeader & {
  entity: "asset";
  nomenclatureId: string | null;
  contractId: string | null;
  vin: string;
  plate: string;
  serialNumber: string;
  eptsNumber: string;
  /** 0 when unknown. */
  manufactureYear: number;
};

export type Entity = Nomenclature | Counterparty | Contact | Contract | Asset;
export type EntityName = Entity["entity"];

/** The source says only that the entity is gone: what was known of it stays. */
export type Removal = { entity: EntityName; id: string; source: string; externalId: string; sourceVersion: string };
