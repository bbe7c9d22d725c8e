import { guidOf, ZERO_GUID } from "../world/guid.ts";
import type { WireRecord } from "./wire.ts";

export type DirtKind =
  | "duplicate-keys"
  | "number-beyond-2^53"
  | "nul-escape"
  | "invalid-date"
  | "wrong-type"
  | "bad-reference"
  | "not-a-number"
  | "empty-key"
  | "without-key"
  | "latitude-out-of-range"
  | "unknown-status"
  | "numbers-as-strings"
  | "unknown-attributes"
  | "unknown-type"
  | "tombstone-of-a-stranger";

/** What must become of a broken record: kept out, taken in, passed over, or a matter of policy. */
export type DirtFate = "quarantined" | "accepted" | "ignored" | "either";

export interface Dirt {
  kind: DirtKind;
  fate: DirtFate;
  record: WireRecord;
}

interface Recipe {
  kind: DirtKind;
  fate: DirtFate;
  set: string;
  /** Attributes beyond the common ones, as JSON text and as the inside of m:properties. */
  json: string;
  atom: string;
}

const ASSET = "Catalog_ПредметыЛизинга";
const CONTRACT = "Catalog_ДоговорыЛизинга";

const RECIPES: readonly Recipe[] = [
  {
    ...{ kind: "duplicate-keys", fate: "quarantined", set: ASSET },
    json: `"VIN":"XTA00000000000001","VIN":"XTA00000000000002","ГодВыпуска":2020`,
    atom: "<d:VIN>XTA00000000000001</d:VIN><d:VIN>XTA00000000000002</d:VIN>",
  },
  {
    ...{ kind: "number-beyond-2^53", fate: "quarantined", set: CONTRACT },
    json: `"СуммаЗадолженности":9007199254740993`,
    atom: "<d:СуммаЗадолженности>9007199254740993</d:СуммаЗадолженности>",
  },
  {
    ...{ kind: "nul-escape", fate: "quarantined", set: ASSET },
    json: `"VIN":"XTA\\u00000000000001"`,
    // XML has no way to write a null character; the literal escape is just a bad VIN there.
    atom: "<d:ГодВыпуска>две тысячи двадцатый</d:ГодВыпуска>",
  },
  {
    ...{ kind: "invalid-date", fate: "quarantined", set: CONTRACT },
    json: `"ДатаНачала":"2024-02-30T00:00:00"`,
    atom: "<d:ДатаНачала>2024-02-30T00:00:00</d:ДатаНачала>",
  },
  {
    ...{ kind: "wrong-type", fate: "quarantined", set: ASSET },
    json: `"ГодВыпуска":{"год":2020}`,
    atom: "<d:ГодВыпуска><d:год>2020</d:год></d:ГодВыпуска>",
  },
  {
    ...{ kind: "bad-reference", fate: "quarantined", set: ASSET },
    json: `"Номенклатура_Key":"не-ссылка"`,
    atom: "<d:Номенклатура_Key>не-ссылка</d:Номенклатура_Key>",
  },
  {
    ...{ kind: "not-a-number", fate: "quarantined", set: CONTRACT },
    json: `"ШиротаЭксплуатации":"NaN"`,
    atom: "<d:ШиротаЭксплуатации>NaN</d:ШиротаЭксплуатации>",
  },
  { kind: "empty-key", fate: "quarantined", set: ASSET, json: `"VIN":""`, atom: "<d:VIN/>" },
  { kind: "without-key", fate: "quarantined", set: ASSET, json: `"VIN":""`, atom: "<d:VIN/>" },
  {
    ...{ kind: "latitude-out-of-range", fate: "either", set: CONTRACT },
    json: `"ШиротаЭксплуатации":155.75,"ДолготаЭксплуатации":37.6`,
    atom: "<d:ШиротаЭксплуатации>155.75</d:ШиротаЭксплуатации><d:ДолготаЭксплуатации>37.6</d:ДолготаЭксплуатации>",
  },
  {
    ...{ kind: "unknown-status", fate: "either", set: CONTRACT },
    json: `"Статус":"НаСогласованииУСБ"`,
    atom: "<d:Статус>НаСогласованииУСБ</d:Статус>",
  },
  {
    ...{ kind: "numbers-as-strings", fate: "accepted", set: CONTRACT },
    json: `"Номер":"1","Статус":"Черновик","СуммаЗадолженности":"1500.50","ДнейПросрочки":"3","ШиротаЭксплуатации":"55.75","ДолготаЭксплуатации":"37.61"`,
    atom: "<d:Номер>1</d:Номер><d:Статус>Черновик</d:Статус><d:СуммаЗадолженности>1500.50</d:СуммаЗадолженности><d:ДнейПросрочки>3</d:ДнейПросрочки>",
  },
  {
    ...{ kind: "unknown-attributes", fate: "accepted", set: ASSET },
    json: `"VIN":"","УдалитьЦвет":"синий","ДополнительныеРеквизиты":[{"LineNumber":"1","Значение":7}],"Автор_Type":"StandardODATA.Catalog_Пользователи"`,
    atom: `<d:VIN/><d:УдалитьЦвет>синий</d:УдалитьЦвет><d:Автор_Type>StandardODATA.Catalog_Пользователи</d:Автор_Type>`,
  },
  {
    ...{ kind: "unknown-type", fate: "ignored", set: "Catalog_Валюты" },
    json: `"ПараметрыПрописи":"рубль, рубля, рублей"`,
    atom: "<d:ПараметрыПрописи>рубль, рубля, рублей</d:ПараметрыПрописи>",
  },
  { kind: "tombstone-of-a-stranger", fate: "either", set: ASSET, json: "", atom: "" },
];

/** The n-th broken record of a base; the kinds come in turn. */
export function dirtAt(seed: number, index: number, version: string): Dirt {
  const recipe = RECIPES[index % RECIPES.length];
  if (recipe === undefined) throw new Error("there is no kind of dirt");
  const { kind, fate, set } = recipe;
  const id = guidOf(seed, "dirt", index);
  const removed = kind === "tombstone-of-a-stranger";
  const shownId = kind === "empty-key" ? ZERO_GUID : id;
  const key = kind === "without-key" ? [] : [`"Ref_Key":"${shownId}"`];
  const common = [
    ...key,
    `"DataVersion":"${version}"`,
    `"DeletionMark":false`,
    `"Code":"Г-${index}"`,
    `"Description":"грязь ${index}"`,
  ];
  const atomKey = kind === "without-key" ? "" : `<d:Ref_Key>${shownId}</d:Ref_Key>`;
  const atomCommon = `${atomKey}<d:DataVersion>${version}</d:DataVersion><d:DeletionMark>false</d:DeletionMark><d:Code>Г-${index}</d:Code><d:Description>грязь ${index}</d:Description>`;
  return {
    kind,
    fate,
    record: {
      ...{ set, id, version, deleted: removed, removed, attributes: {} },
      ...(removed ? {} : { raw: { json: [...common, recipe.json].join(","), atom: atomCommon + recipe.atom } }),
    },
  };
}
