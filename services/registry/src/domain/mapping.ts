import { ContractStatus, CounterpartyType, NomenclatureKind } from "@dozor/proto/registry/v1/entities";

/**
 * How a source names what we know: its types, their attributes and the values of their enumerations. A new source is a new
 * mapping. `identifiers` says what ids and references look like.
 */
export type Mapping = {
  identifiers: "guid" | "text";
  header: { id: string; sourceVersion: string; deleted: string; code: string; description: string };
  nomenclature: EntityMapping<"folder" | "parent" | "kind" | "vinExpected" | "trackerExpected"> & {
    kinds: Readonly<Record<string, NomenclatureKind>>;
  };
  counterparty: EntityMapping<"fullName" | "inn" | "kpp" | "ogrn" | "type" | "legalAddress"> & {
    types: Readonly<Record<string, CounterpartyType>>;
  };
  contact: EntityMapping<"counterparty" | "position" | "phone" | "email">;
  contract: EntityMapping<
    | "number"
    | "signedDate"
    | "lessee"
    | "lessor"
    | "startDate"
    | "endDate"
    | "status"
    | "address"
    | "latitude"
    | "longitude"
    | "radiusKm"
    | "region"
    | "plannedMileage"
    | "debt"
    | "overdueDays"
    | "items"
  > & {
    statuses: Readonly<Record<string, ContractStatus>>;
    itemAttributes: Readonly<Record<"lineNumber" | "asset" | "handoverDate" | "returnDate", string>>;
  };
  asset: EntityMapping<
    "nomenclature" | "contract" | "vin" | "plate" | "serialNumber" | "eptsNumber" | "manufactureYear"
  >;
};
type EntityMapping<A extends string> = { type: string; attributes: Readonly<Record<A, string>> };

/** The names of the 1C leasing base. */
export const onecMapping: Mapping = {
  identifiers: "guid",
  header: {
    id: "Ref_Key",
    sourceVersion: "DataVersion",
    deleted: "DeletionMark",
    code: "Code",
    description: "Description",
  },
  nomenclature: {
    type: "Catalog_Номенклатура",
    attributes: {
      folder: "IsFolder",
      parent: "Parent_Key",
      kind: "ВидИмущества",
      vinExpected: "ТребуетсяVIN",
      trackerExpected: "ТребуетсяТрекер",
    },
    kinds: {
      ЛегковойАвтомобиль: NomenclatureKind.PASSENGER_CAR,
      ГрузовойАвтомобиль: NomenclatureKind.TRUCK,
      Автобус: NomenclatureKind.BUS,
      Прицеп: NomenclatureKind.TRAILER,
      Спецтехника: NomenclatureKind.SPECIAL_MACHINE,
      Мотоцикл: NomenclatureKind.MOTORCYCLE,
      Судно: NomenclatureKind.SHIP,
      Мебель: NomenclatureKind.FURNITURE,
      Оборудование: NomenclatureKind.EQUIPMENT,
      Прочее: NomenclatureKind.OTHER,
    },
  },
  counterparty: {
    type: "Catalog_Контрагенты",
    attributes: {
      fullName: "НаименованиеПолное",
      inn: "ИНН",
      kpp: "КПП",
      ogrn: "ОГРН",
      type: "ЮридическоеФизическоеЛицо",
      legalAddress: "ЮридическийАдрес",
    },
    types: {
      ЮридическоеЛицо: CounterpartyType.LEGAL_ENTITY,
      ИндивидуальныйПредприниматель: CounterpartyType.SOLE_TRADER,
      ФизическоеЛицо: CounterpartyType.INDIVIDUAL,
    },
  },
  contact: {
    type: "Catalog_КонтактныеЛица",
    attributes: { counterparty: "Owner_Key", position: "Должность", phone: "Телефон", email: "АдресЭП" },
  },
  contract: {
    type: "Catalog_ДоговорыЛизинга",
    attributes: {
      number: "Номер",
      signedDate: "Дата",
      lessee: "Лизингополучатель_Key",
      lessor: "Лизингодатель_Key",
      startDate: "ДатаНачала",
      endDate: "ДатаОкончания",
      status: "Статус",
      address: "АдресЭксплуатации",
      latitude: "ШиротаЭксплуатации",
      longitude: "ДолготаЭксплуатации",
      radiusKm: "РадиусЭксплуатацииКм",
      region: "РегионЭксплуатации",
      plannedMileage: "ПлановыйПробегКмВГод",
      debt: "СуммаЗадолженности",
      overdueDays: "ДнейПросрочки",
      items: "ПредметыЛизинга",
    },
    statuses: {
      Черновик: ContractStatus.DRAFT,
      Действует: ContractStatus.ACTIVE,
      Приостановлен: ContractStatus.SUSPENDED,
      Завершен: ContractStatus.COMPLETED,
      Расторгнут: ContractStatus.TERMINATED,
    },
    itemAttributes: {
      lineNumber: "LineNumber",
      asset: "ПредметЛизинга_Key",
      handoverDate: "ДатаПередачи",
      returnDate: "ДатаВозврата",
    },
  },
  asset: {
    type: "Catalog_ПредметыЛизинга",
    attributes: {
      nomenclature: "Номенклатура_Key",
      contract: "ДоговорЛизинга_Key",
      vin: "VIN",
      plate: "ГосНомер",
      serialNumber: "СерийныйНомер",
      eptsNumber: "НомерЭПТС",
      manufactureYear: "ГодВыпуска",
    },
  },
};
