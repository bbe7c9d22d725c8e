import type { Random } from "./random.ts";

type Hostile = { name: string; text: string };

const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

/** Values, as JSON text, that a careless reader would take for something else, or choke on. */
const hostileValues: readonly Hostile[] = [
  { name: "integer beyond 2^53", text: "9007199254740993" },
  { name: "number beyond a double", text: "1e400" },
  { name: "null byte", text: '"a\\u0000b"' },
  { name: "lone surrogate", text: '"\\ud800"' },
  { name: "bidirectional control", text: '"XTA\\u202e210990Y2763418"' },
  { name: "zero width space", text: '"XTA\\u200b210990Y2763418"' },
  { name: "30 February", text: '"2024-02-30T00:00:00"' },
  { name: "empty date", text: '"0001-01-01T00:00:00"' },
  { name: "year 275760", text: '"+275760-09-13T00:00:00Z"' },
  { name: "text of 100 KB", text: `"${"я".repeat(50_000)}"` },
  { name: "nested a thousand deep", text: deep(1_000) },
  { name: "latitude of 1e9", text: "1000000000" },
  { name: "number with a thousand digits", text: "7".repeat(1_000) },
  { name: "key __proto__", text: '{"__proto__":{"isAdmin":true}}' },
  { name: "key twice", text: '{"a":1,"a":2}' },
  { name: "pattern that explodes", text: `"${"a".repeat(60)}!"` },
  { name: "SQL", text: `"'; drop table asset; --"` },
  { name: "markup", text: '"<script>alert(1)</script>"' },
];

/** Whole bodies that are no answer at all. */
export const hostileBodies: readonly Hostile[] = [
  { name: "nothing", text: "" },
  { name: "null", text: "null" },
  { name: "a list instead of an object", text: "[]" },
  { name: "NaN", text: '{"items":[NaN]}' },
  { name: "nested a hundred thousand deep", text: deep(100_000) },
  { name: "two byte order marks", text: '\ufeff\ufeff{"items":[]}' },
  { name: "broken off in a string", text: '{"items":[{"id":"' },
  { name: "two texts", text: '{"items":[]}{"items":[]}' },
  { name: "items are a text", text: '{"batchId":"b","hasMore":false,"items":"many"}' },
  { name: "a hundred thousand keys", text: `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":0`).join(",")}}` },
  { name: "a message of an exception", text: "{ОбщийМодуль.Обмен.Модуль(17)}: Деление на 0" },
];

const attributes: Record<string, readonly string[]> = {
  Catalog_ПредметыЛизинга: ["VIN", "ГосНомер", "ГодВыпуска", "Номенклатура_Key", "DeletionMark", "Description"],
  Catalog_ДоговорыЛизинга: [
    "ШиротаЭксплуатации",
    "ДолготаЭксплуатации",
    "ДатаНачала",
    "Номер",
    "Статус",
    "ПредметыЛизинга",
  ],
  Catalog_Контрагенты: ["ИНН", "ОГРН", "КПП", "НаименованиеПолное", "ЮридическоеФизическоеЛицо"],
  Catalog_КонтактныеЛица: ["Телефон", "АдресЭП", "Owner_Key"],
  Catalog_Номенклатура: ["ВидИмущества", "ТребуетсяVIN", "IsFolder", "Parent_Key"],
};

/** A batch of 1C in which every value once stands where something else is expected. */
export function hostileBatch(random: Random): string {
  const items = hostileValues.map(({ text }) => {
    const type = random.pick(Object.keys(attributes));
    const id = crypto.randomUUID();
    const attribute = random.pick(attributes[type] ?? []);
    const data = `{"Ref_Key":"${id}","DataVersion":"AAAAAAAAAAE=","DeletionMark":false,"Code":"1","Description":"","${attribute}":${text}}`;
    return `{"type":"${type}","id":"${id}","version":"AAAAAAAAAAE=","deleted":false,"data":${data}}`;
  });
  return `{"batchId":"hostile","hasMore":false,"items":[${random.shuffled(items).join(",")}]}`;
}

const contactFields = ["contactAt", "receivedAt", "batteryPercent", "odometerKm", "events", "fix", "deviceId"];

/** Contacts of trackers that nobody has, one value wrong in each. */
export function hostileContacts(random: Random, receivedAt: Date): string {
  const items = hostileValues.map(({ text }, index) => {
    const field = random.pick(contactFields);
    const at = receivedAt.toISOString();
    const sound: Record<string, string> = {
      id: `"hostile-${index}-${random.int(1, 1e9)}"`,
      deviceId: '"nobody-has-it"',
      contactAt: `"${at}"`,
      receivedAt: `"${at}"`,
    };
    const spoiled = { ...sound, [field]: text };
    return `{${Object.entries(spoiled)
      .map(([key, value]) => `"${key}":${value}`)
      .join(",")}}`;
  });
  return `{"items":[${items.join(",")}],"next":null}`;
}

/** Bytes that a protobuf reader may meet in a queue that more than we can write to. */
export function hostileMessages(random: Random): { name: string; bytes: Uint8Array }[] {
  const noise = (length: number) => Uint8Array.from({ length }, () => random.int(0, 255));
  return [
    { name: "nothing", bytes: new Uint8Array() },
    { name: "noise", bytes: noise(200) },
    { name: "noise of 300 KB", bytes: noise(300_000) },
    { name: "length beyond the end", bytes: Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00) },
    { name: "varint without an end", bytes: new Uint8Array(40).fill(0xff) },
    { name: "group never closed", bytes: new Uint8Array(500).fill(0x0b) },
    { name: "text that is no UTF-8", bytes: Uint8Array.of(0x0a, 0x04, 0xff, 0xfe, 0xc0, 0x80) },
    { name: "JSON", bytes: new TextEncoder().encode('{"assetId":"1"}') },
  ];
}
