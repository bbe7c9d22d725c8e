import type {
  Asset,
  Contact,
  Contract,
  Counterparty,
  Entity,
  EntityOf,
  EntityType,
  Nomenclature,
} from "../world/entities.ts";
import { type WireRecord, type WireValue, wireDate, wireReference } from "./wire.ts";

/** The names of the leasing base, as its developers gave them. */
export const SETS: Record<EntityType, string> = {
  nomenclature: "Catalog_Номенклатура",
  counterparty: "Catalog_Контрагенты",
  contact: "Catalog_КонтактныеЛица",
  contract: "Catalog_ДоговорыЛизинга",
  asset: "Catalog_ПредметыЛизинга",
};

const KINDS = {
  passenger_car: "ЛегковойАвтомобиль",
  truck: "ГрузовойАвтомобиль",
  bus: "Автобус",
  trailer: "Прицеп",
  special_machine: "Спецтехника",
  motorcycle: "Мотоцикл",
  ship: "Судно",
  furniture: "Мебель",
  equipment: "Оборудование",
  other: "Прочее",
} as const;

const FORMS = {
  company: "ЮридическоеЛицо",
  sole_trader: "ИндивидуальныйПредприниматель",
  person: "ФизическоеЛицо",
} as const;

const STATUSES = {
  draft: "Черновик",
  active: "Действует",
  suspended: "Приостановлен",
  finished: "Завершен",
  terminated: "Расторгнут",
} as const;

/** An entity of the world in the words of 1C. */
export function wireRecord<T extends EntityType>(type: T, entity: EntityOf[T], version: string): WireRecord {
  const { id, deleted, code, name } = entity;
  return {
    ...{ set: SETS[type], id, version, deleted, removed: false },
    attributes: {
      ...{ Ref_Key: id, DataVersion: version, DeletionMark: deleted, Code: code, Description: name },
      ...attributesOf(type, entity),
      ...{ Predefined: false, PredefinedDataName: "" },
    },
  };
}

function attributesOf(type: EntityType, entity: Entity): Record<string, WireValue> {
  switch (type) {
    // The type names what the entity is.
    case "nomenclature":
      return nomenclatureAttributes(entity as Nomenclature);
    case "counterparty":
      return counterpartyAttributes(entity as Counterparty);
    case "contact":
      return contactAttributes(entity as Contact);
    case "contract":
      return contractAttributes(entity as Contract);
    case "asset":
      return assetAttributes(entity as Asset);
  }
}

function nomenclatureAttributes(entity: Nomenclature): Record<string, WireValue> {
  return {
    IsFolder: entity.folder,
    Parent_Key: wireReference(entity.parent),
    ВидИмущества: entity.kind === null ? "" : KINDS[entity.kind],
    ТребуетсяVIN: entity.vinExpected,
    ТребуетсяТрекер: entity.trackerExpected,
  };
}

function counterpartyAttributes(entity: Counterparty): Record<string, WireValue> {
  return {
    НаименованиеПолное: entity.fullName,
    ИНН: entity.inn,
    КПП: entity.kpp,
    ОГРН: entity.ogrn,
    ЮридическоеФизическоеЛицо: FORMS[entity.form],
    ЮридическийАдрес: entity.address,
    Комментарий: "",
  };
}

function contactAttributes(entity: Contact): Record<string, WireValue> {
  return {
    Owner_Key: wireReference(entity.owner),
    Должность: entity.position,
    Телефон: entity.phone,
    АдресЭП: entity.email,
  };
}

function contractAttributes(entity: Contract): Record<string, WireValue> {
  return {
    Номер: entity.number,
    Дата: wireDate(entity.signedOn),
    Лизингополучатель_Key: wireReference(entity.lessee),
    Лизингодатель_Key: wireReference(entity.lessor),
    ДатаНачала: wireDate(entity.startsOn),
    ДатаОкончания: wireDate(entity.endsOn),
    Статус: STATUSES[entity.status],
    АдресЭксплуатации: entity.address,
    ШиротаЭксплуатации: entity.lat,
    ДолготаЭксплуатации: entity.lon,
    РадиусЭксплуатацииКм: entity.radiusKm,
    РегионЭксплуатации: entity.region ?? "",
    ПлановыйПробегКмВГод: entity.planKmPerYear,
    СуммаЗадолженности: entity.debt,
    ДнейПросрочки: entity.overdueDays,
    ПредметыЛизинга: {
      rowType: "StandardODATA.Catalog_ДоговорыЛизинга_ПредметыЛизинга_RowType",
      rows: entity.rows.map((row, index) => ({
        Ref_Key: entity.id,
        // 1C writes 64-bit numbers as strings in JSON.
        LineNumber: String(index + 1),
        ПредметЛизинга_Key: row.asset,
        ДатаПередачи: wireDate(row.handedOverOn),
        ДатаВозврата: wireDate(row.returnedOn),
      })),
    },
  };
}

function assetAttributes(entity: Asset): Record<string, WireValue> {
  return {
    Номенклатура_Key: wireReference(entity.nomenclature),
    ДоговорЛизинга_Key: wireReference(entity.contract),
    VIN: entity.vin,
    ГосНомер: entity.plate,
    СерийныйНомер: entity.serial,
    НомерЭПТС: entity.epts,
    ГодВыпуска: entity.year,
  };
}
