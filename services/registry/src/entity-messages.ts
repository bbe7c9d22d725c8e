import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Asset,
  AssetSchema,
  type Contact,
  ContactSchema,
  type Contract,
  ContractSchema,
  type Counterparty,
  CounterpartyIdentity,
  CounterpartySchema,
  type EntityHeaderSchema,
  type Nomenclature,
  NomenclatureSchema,
} from "@dozor/proto/registry/v1/entities";
import type { AssetRow } from "./store/asset.ts";
import type { ContactRow } from "./store/contact.ts";
import type { ContractRow } from "./store/contract.ts";
import type { CounterpartyRow } from "./store/counterparty.ts";
import type { EntityRow } from "./store/entity-row.ts";
import type { NomenclatureRow } from "./store/nomenclature.ts";

export function assetMessage(row: AssetRow): Asset {
  return create(AssetSchema, {
    header: header(row),
    nomenclatureId: row.nomenclatureId ?? "",
    contractId: row.contractId ?? "",
    vin: row.vin,
    plate: row.plate,
    serialNumber: row.serialNumber,
    eptsNumber: row.eptsNumber,
    manufactureYear: row.manufactureYear,
  });
}

export function contractMessage(row: ContractRow): Contract {
  return create(ContractSchema, {
    header: header(row),
    number: row.number,
    signedDate: row.signedDate ?? "",
    startDate: row.startDate ?? "",
    endDate: row.endDate ?? "",
    status: row.status,
    lesseeId: row.lesseeId ?? "",
    lessorId: row.lessorId ?? "",
    agreedLocation: {
      address: row.address,
      regionCode: row.regionCode,
      ...(row.latitudeDeg === null ? {} : { latitudeDeg: row.latitudeDeg }),
      ...(row.longitudeDeg === null ? {} : { longitudeDeg: row.longitudeDeg }),
      ...(row.radiusKm === null ? {} : { radiusKm: row.radiusKm }),
    },
    ...(row.plannedMileageKmPerYear === null ? {} : { plannedMileageKmPerYear: row.plannedMileageKmPerYear }),
    debtAmount: row.debtAmount ?? "",
    overdueDays: row.overdueDays,
    items: row.items.map((item) => ({
      lineNumber: item.lineNumber,
      assetId: item.assetId,
      handoverDate: item.handoverDate ?? "",
      returnDate: item.returnDate ?? "",
    })),
  });
}

export function counterpartyMessage(row: CounterpartyRow): Counterparty {
  return create(CounterpartySchema, {
    header: header(row),
    type: row.type,
    fullName: row.fullName,
    inn: row.inn,
    kpp: row.kpp,
    ogrn: row.ogrn,
    legalAddress: row.legalAddress,
    identity: row.identity ?? CounterpartyIdentity.NOT_CHECKED,
    ...(row.checkedAt === null ? {} : { focus: focusState(row, row.checkedAt) }),
  });
}

function focusState(row: CounterpartyRow, checkedAt: Date) {
  return {
    checkedAt: timestampFromDate(checkedAt),
    inn: row.focusInn ?? "",
    ogrn: row.focusOgrn ?? "",
    name: row.focusName ?? "",
    statusText: row.statusText ?? "",
    dissolved: row.dissolved ?? false,
    dissolving: row.dissolving ?? false,
    reorganizing: row.reorganizing ?? false,
    bankrupting: row.bankrupting ?? false,
    regionNumber: row.regionNumber ?? "",
  };
}

export function contactMessage(row: ContactRow): Contact {
  return create(ContactSchema, {
    header: header(row),
    counterpartyId: row.counterpartyId ?? "",
    position: row.position,
    phone: row.phone,
    email: row.email,
  });
}

export function nomenclatureMessage(row: NomenclatureRow): Nomenclature {
  return create(NomenclatureSchema, {
    header: header(row),
    folder: row.folder,
    parentId: row.parentId ?? "",
    kind: row.kind,
    vinExpected: row.vinExpected,
    trackerExpected: row.trackerExpected,
  });
}

function header(row: EntityRow): MessageInitShape<typeof EntityHeaderSchema> {
  return {
    id: row.id,
    source: row.source,
    externalId: row.externalId,
    version: BigInt(row.version),
    deleted: row.deleted,
    code: row.code,
    description: row.description,
    createdAt: timestampFromDate(row.createdAt),
    updatedAt: timestampFromDate(row.updatedAt),
    remarks: row.remarks,
    rawJson: JSON.stringify(row.raw),
  };
}
