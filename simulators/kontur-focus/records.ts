import { REGIONS } from "../world/regions.ts";
import type { RegisterRecord } from "../world/register.ts";

/** A record as `GET /api3/req` tells it; what is false or empty is left out. */
export function reqRecord(record: RegisterRecord): Record<string, unknown> {
  const { inn, ogrn, form } = record;
  return {
    inn,
    ogrn,
    focusHref: `https://focus.kontur.ru/entity?query=${ogrn}`,
    ...(form === "company" ? { UL: companyRequisites(record) } : { IP: soleTraderRequisites(record) }),
    briefReport: { summary: summaryOf(record) },
    contactPhones: Number(inn.slice(-1)) % 2 === 0 ? {} : { count: Number(inn.slice(-1)) },
  };
}

/** A record as `GET /api3/egrDetails` tells it, with predecessors and successors. */
export function egrRecord(record: RegisterRecord): Record<string, unknown> {
  const { inn, ogrn, form, registeredOn, predecessors, successors } = record;
  const common = {
    okpo: ogrn.slice(-9, -1),
    regInfo: { ogrnDate: registeredOn },
    nalogRegBody: {
      nalogCode: inn.slice(0, 4),
      nalogRegDate: registeredOn,
      ...(form === "company" ? { kpp: record.kpp } : {}),
    },
    activities: {
      principalActivity: {
        code: "49.41",
        text: "Деятельность автомобильного грузового транспорта",
        date: registeredOn,
      },
      okvedVersion: "2",
    },
    egrRecords: [{ grn: `2${ogrn.slice(1)}`, date: registeredOn, name: "Внесение записи о создании" }],
  };
  const company = {
    ...common,
    statedCapital: { sum: 10_000 + Number(inn.slice(-4)) * 100, date: registeredOn },
    ...(predecessors.length > 0 ? { predecessors } : {}),
    ...(successors.length > 0 ? { successors } : {}),
    history: {},
  };
  return {
    ...{ inn, ogrn, focusHref: `https://focus.kontur.ru/entity?query=${ogrn}` },
    ...(form === "company" ? { UL: company } : { IP: common }),
  };
}

function companyRequisites(record: RegisterRecord): Record<string, unknown> {
  const { name, kpp, ogrn, registeredOn, dissolvedOn } = record;
  return {
    ...{ kpp, okpo: ogrn.slice(-9, -1), okopf: "12300", opf: "Общества с ограниченной ответственностью" },
    legalName: {
      short: `ООО "${name}"`,
      full: `Общество с ограниченной ответственностью "${name}"`,
      readable: `ООО "${name}"`,
      date: registeredOn,
    },
    legalAddress: addressOf(record),
    status: companyStatus(record),
    registrationDate: registeredOn,
    ...(dissolvedOn === null ? {} : { dissolutionDate: dissolvedOn }),
    heads: [
      { fio: "Иванов Иван Иванович", position: "Генеральный директор", date: registeredOn, firstDate: registeredOn },
    ],
  };
}

function companyStatus({ state, mistaken, dissolvedOn, registeredOn }: RegisterRecord): Record<string, unknown> {
  switch (state) {
    case "active":
      return { statusString: "Действующее", date: registeredOn };
    case "dissolved":
      return {
        statusString: mistaken ? "Регистрация признана ошибочной" : "Ликвидировано",
        dissolved: true,
        date: dissolvedOn ?? registeredOn,
      };
    case "dissolving":
      return { statusString: "Находится в стадии ликвидации", dissolving: true, date: "2025-03-11" };
    case "reorganizing":
      return {
        statusString: "Находится в процессе реорганизации в форме присоединения",
        reorganizing: true,
        date: "2025-05-20",
      };
    case "bankrupt":
      return {
        statusString: "Юридическое лицо признано несостоятельным (банкротом), открыто конкурсное производство",
        bankrupting: true,
        date: "2025-04-02",
      };
  }
}

function soleTraderRequisites({
  name,
  ogrn,
  state,
  registeredOn,
  dissolvedOn,
}: RegisterRecord): Record<string, unknown> {
  const status = {
    ...(state === "dissolved"
      ? {
          statusString: "Индивидуальный предприниматель прекратил деятельность",
          dissolved: true,
          date: dissolvedOn ?? registeredOn,
        }
      : state === "dissolving"
        ? { statusString: "В процессе прекращения деятельности", dissolving: true, date: "2025-03-11" }
        : { statusString: "Действующий", date: registeredOn }),
  };
  return {
    ...{ fio: name, okpo: ogrn.slice(-11, -1), okopf: "50102", opf: "Индивидуальные предприниматели" },
    registrationDate: registeredOn,
    ...(dissolvedOn === null ? {} : { dissolutionDate: dissolvedOn }),
    status,
  };
}

function addressOf({ region, city, registeredOn }: RegisterRecord): Record<string, unknown> {
  const { name = "", code = "" } = REGIONS[region] ?? {};
  const street = { topoShortName: "ул", topoFullName: "улица", topoValue: "Ленина" };
  return {
    parsedAddressRF: {
      ...{
        zipCode: `${code}0000`,
        regionCode: code,
        regionName: { topoShortName: "", topoFullName: "", topoValue: name },
      },
      ...{
        city: { topoShortName: "г", topoFullName: "город", topoValue: city },
        street,
        house: { topoShortName: "дом", topoValue: "1" },
      },
    },
    date: registeredOn,
    firstDate: registeredOn,
  };
}

function summaryOf({ state }: RegisterRecord): Record<string, boolean> {
  if (state === "dissolved" || state === "bankrupt") return { redStatements: true };
  return state === "active" ? { greenStatements: true } : { yellowStatements: true };
}
