import type { Delivery, Nomenclature, PropertyKind } from "./entities.ts";
import { guidOf } from "./guid.ts";
import type { Random } from "./random.ts";

interface Model {
  kind: PropertyKind;
  name: string;
  /** World manufacturer identifier, empty where no VIN is expected. */
  maker: string;
  delivery: Delivery;
}

const FOLDERS: { kind: PropertyKind; name: string; share: number; vinExpected: boolean; trackerExpected: boolean }[] = [
  { kind: "passenger_car", name: "Легковые автомобили", share: 0.38, vinExpected: true, trackerExpected: true },
  { kind: "truck", name: "Грузовые автомобили", share: 0.25, vinExpected: true, trackerExpected: true },
  { kind: "bus", name: "Автобусы", share: 0.04, vinExpected: true, trackerExpected: true },
  { kind: "trailer", name: "Прицепы и полуприцепы", share: 0.09, vinExpected: true, trackerExpected: false },
  { kind: "special_machine", name: "Спецтехника", share: 0.12, vinExpected: false, trackerExpected: true },
  { kind: "motorcycle", name: "Мотоциклы", share: 0.01, vinExpected: true, trackerExpected: false },
  { kind: "ship", name: "Суда", share: 0.006, vinExpected: false, trackerExpected: false },
  { kind: "furniture", name: "Мебель", share: 0.03, vinExpected: false, trackerExpected: false },
  { kind: "equipment", name: "Оборудование", share: 0.06, vinExpected: false, trackerExpected: false },
  { kind: "other", name: "Прочее имущество", share: 0.014, vinExpected: false, trackerExpected: false },
];

const MODELS: Record<PropertyKind, string[]> = {
  passenger_car: [
    ...[
      "LADA Vesta|XTA",
      "LADA Granta|XTA",
      "LADA Largus|XTA",
      "LADA Niva Travel|XTA",
      "УАЗ Патриот|XTT",
      "Haval Jolion|XZG",
    ],
    ...[
      "Haval F7|XZG",
      "Chery Tiggo 7 Pro|LVV",
      "Geely Monjaro|LB3",
      "Geely Coolray|Y4K",
      "Kia Rio|Z94",
      "Hyundai Solaris|Z94",
    ],
    ...[
      "Volkswagen Polo|XW8",
      "Skoda Octavia|XW8",
      "Toyota Camry|XW7",
      "Москвич 3|XD2",
      "Exeed TXL|LVT",
      "Renault Duster|X7L",
    ],
  ],
  truck: [
    ...[
      "КАМАЗ-5490 Neo|XTC",
      "КАМАЗ-65115|XTC",
      "КАМАЗ-54901|XTC",
      "ГАЗель Next|X96",
      "ГАЗель Бизнес|X96",
      "ГАЗон Next|X96",
    ],
    ...["Урал Next|X1P", "МАЗ-6501|Y3M", "Sitrak C7H|LZZ", "Shacman X3000|LZG", "Dongfeng DFH|LGA", "Scania R440|YS2"],
    ...["Volvo FH|X8A", "Mercedes-Benz Actros|WDB", "FAW J6|LFW", "Валдай 12|X96"],
  ],
  bus: ["ПАЗ Вектор Next|X1M", "ЛиАЗ-5292|XTY", "НефАЗ-5299|X1F", "Yutong ZK6122|LZY", "Ford Transit|Z6F"],
  trailer: ["Тонар-9523|X0T", "Schmitz Cargobull SCS|WSM", "Krone SD|WKE", "НефАЗ-9334|X1F", "Wielton NS|SUD"],
  special_machine: [
    ...["Экскаватор Komatsu PC200|", "Экскаватор-погрузчик JCB 3CX|", "Бульдозер Четра Т-11|", "Автокран Ивановец|XVN"],
    ...[
      "Погрузчик SDLG LG936L|",
      "Каток BOMAG BW 211|",
      "Комбайн Ростсельмаш Acros|",
      "Трактор К-7М|",
      "Автогрейдер ДЗ-98|",
    ],
  ],
  motorcycle: ["Урал Gear-Up|X8J", "BMW R 1250 GS|WB1", "Regulmoto Sport|L5Y"],
  ship: ["Баржа проекта 16801|", "Буксир проекта 911В|", "Теплоход проекта Р51|"],
  furniture: ["Кресло офисное Метта|", "Стол переговорный|", "Стеллаж складской|", "Комплект мебели для ресторана|"],
  equipment: [
    "Станок токарный ТС1625|",
    "Линия розлива|",
    "Сервер Yadro Vegman|",
    "Компрессор Atlas Copco GA|",
    "Печь хлебопекарная|",
  ],
  other: ["Вагон-хоппер 19-9835|", "Модульное здание|", "Павильон торговый|"],
};

const LIST: readonly Model[] = [
  ...FOLDERS.flatMap(({ kind }) =>
    MODELS[kind].map((text): Model => {
      const [name = "", maker = ""] = text.split("|");
      return { kind, name, maker, delivery: "normal" };
    }),
  ),
  { kind: "truck", name: "КАМАЗ-54902 (новая карточка)", maker: "XTC", delivery: "late" },
  { kind: "truck", name: "Карточка удалена из обмена", maker: "XTC", delivery: "never" },
];

export const NOMENCLATURE_COUNT = FOLDERS.length + LIST.length;
export const LATE_MODEL = FOLDERS.length + LIST.length - 2;
export const NEVER_MODEL = FOLDERS.length + LIST.length - 1;

/** Folders first, then models. */
export function nomenclatureAt(seed: number, index: number): Nomenclature {
  const folder = FOLDERS[index];
  const id = guidOf(seed, "nomenclature", index);
  const code = `НМ-${String(index + 1).padStart(6, "0")}`;
  if (folder !== undefined) {
    const { name, vinExpected, trackerExpected } = folder;
    return { id, code, name, deleted: false, folder: true, parent: null, kind: null, vinExpected, trackerExpected };
  }
  const { kind, name } = modelAt(index);
  const parentIndex = FOLDERS.findIndex((one) => one.kind === kind);
  const parent = FOLDERS[parentIndex];
  return {
    ...{ id, code, name, deleted: false, folder: false, parent: guidOf(seed, "nomenclature", parentIndex), kind },
    vinExpected: parent?.vinExpected ?? false,
    trackerExpected: parent?.trackerExpected ?? false,
  };
}

export function nomenclatureDelivery(index: number): Delivery {
  return index < FOLDERS.length ? "normal" : modelAt(index).delivery;
}

export function modelAt(index: number): Model {
  const model = LIST[index - FOLDERS.length];
  if (model === undefined) throw new Error(`no nomenclature number ${index}`);
  return model;
}

/** The number of a model, as often as leasing companies buy its kind. */
export function pickModel(random: Random): number {
  let left = random.next();
  const kind = FOLDERS.find((folder) => {
    left -= folder.share;
    return left <= 0;
  });
  return pickModelOf(random, kind?.kind ?? "passenger_car");
}

export function pickModelOf(random: Random, kind: PropertyKind): number {
  const first = LIST.findIndex((model) => model.kind === kind);
  return FOLDERS.length + first + random.int(0, MODELS[kind].length - 1);
}
