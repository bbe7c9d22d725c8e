import { expect, test } from "bun:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ConditionSchema, Membership, Party, PartyState } from "@dozor/proto/monitoring/v1/condition";
import { TaskViolationSchema } from "@dozor/proto/monitoring/v1/task";
import type { EvidenceSchema } from "@dozor/proto/monitoring/v1/verdict";
import { phrases } from "../../i18n/test-phrases.ts";
import { violationWords } from "./violation-words.ts";

const regions: Record<string, string> = { "RU-DA": "Республика Дагестан", "RU-OMS": "Омская область" };
const at = (text: string) => timestampFromDate(new Date(text));
type Kind = MessageInitShape<typeof ConditionSchema>["kind"];

/** The sentence in Russian and in English. */
function say(kind: Kind, evidence: MessageInitShape<typeof EvidenceSchema>): [string, string] {
  const violation = create(TaskViolationSchema, { indicatorName: "Свой индикатор", verdict: { evidence } });
  const condition = kind && create(ConditionSchema, { kind });
  const inLanguage = (language: keyof typeof phrases) =>
    violationWords(violation, condition, {
      t: phrases[language],
      language,
      regionName: (code) => regions[code] ?? code,
    }).replaceAll("\u00a0", " ");
  return [inLanguage("ru"), inLanguage("en")];
}

test("silence names its days, its limit and the last contact of any device", () => {
  const devices = [
    { deviceId: "xk:1", lastContactAt: at("2026-11-10T11:05:00Z") },
    { deviceId: "xk:2", lastContactAt: at("2026-11-02T11:05:00Z") },
  ];
  const evidence = { measured: 12.4, limit: 3, facts: { devices } };
  expect(say({ case: "noContact", value: { days: 3 } }, evidence)).toEqual([
    "Нет связи 12 дн. (порог 3 дн.), последний выход 10.11.2026 14:05 МСК",
    "No contact for 12 d (limit 3 d), last heard 10.11.2026 14:05 MSK",
  ]);
});

test("days are cut and never rounded up to a limit that was not reached", () => {
  const [russian] = say({ case: "noContact", value: { days: 3 } }, { measured: 3.98, limit: 3 });
  expect(russian).toBe("Нет связи 3,9 дн. (порог 3 дн.)");
});

test("a device that was never heard counts from its installation", () => {
  const evidence = { measured: 20, limit: 7, facts: { devices: [{ installedAt: at("2026-11-01T09:00:00Z") }] } };
  const [russian, english] = say({ case: "noFix", value: { days: 7 } }, evidence);
  expect(russian).toBe("Нет координат 20 дн. (порог 7 дн.): ни одной точки с установки 01.11.2026 12:00 МСК");
  expect(english).toContain("not one fix since it was installed 01.11.2026 12:00 MSK");
});

test("a forbidden zone is named with the moment of entry, permitted zones with the fix outside of them", () => {
  const facts = {
    zones: [{ zoneId: "z", since: at("2026-11-09T01:00:00Z") }],
    zonePosition: { at: at("2026-11-10T10:00:00Z") },
  };
  const zone = (membership: Membership): Kind => ({ case: "zone", value: { membership, zoneIds: ["z"] } });
  expect(say(zone(Membership.IN), { facts, zoneNames: ["Порт Кавказ"] })[0]).toBe(
    "Находится в запрещённой зоне «Порт Кавказ» с 09.11.2026 04:00 МСК",
  );
  expect(say(zone(Membership.NOT_IN), { facts, zoneNames: ["Омск", "Тара"] })[0]).toBe(
    "Вне разрешённых зон: «Омск», «Тара»; точка 10.11.2026 13:00 МСК",
  );
});

test("a wrong region is told by both names, a forbidden one by its own", () => {
  const facts = { regionPosition: { regionCode: "RU-DA", at: at("2026-11-10T10:00:00Z") } };
  const agreed = { regionCode: "RU-OMS" };
  const notAgreed: Kind = { case: "region", value: { membership: Membership.NOT_IN, agreedRegion: true } };
  expect(say(notAgreed, { facts, agreed })[0]).toBe(
    "Находится не в том регионе: Республика Дагестан, по договору Омская область; точка 10.11.2026 13:00 МСК",
  );
  const forbidden: Kind = { case: "region", value: { membership: Membership.IN, regionCodes: ["NCFD"] } };
  expect(say(forbidden, { facts })[0]).toStartWith("Находится в запрещённом регионе: Республика Дагестан;");
});

test("distances, missing trackers and mileage carry their units and what they are compared with", () => {
  const facts = { zonePosition: { at: at("2026-11-10T10:00:00Z") } };
  expect(say({ case: "agreedLocation", value: {} }, { measured: 1320.4, limit: 50, facts })[0]).toBe(
    "В 1 320 км от места эксплуатации по договору (допустимо 50 км); точка 10.11.2026 13:00 МСК",
  );
  const missing = { measured: 19, limit: 7, agreed: { handoverDate: "2026-11-03" } };
  expect(say({ case: "trackerMissing", value: { graceDays: 7 } }, missing)[0]).toBe(
    "Трекера нет: после передачи 03.11.2026 прошло 19 дн. (срок установки 7 дн.)",
  );
  const devices = [
    { deviceId: "xk:1", lastFix: { fixId: "a" } },
    { deviceId: "xk:2", lastFix: { fixId: "b" } },
  ];
  const disagree: Kind = { case: "trackersDisagree", value: { distanceKm: 5, withinHours: 6 } };
  expect(say(disagree, { measured: 34.2, limit: 5, facts: { devices } })).toEqual([
    "Трекеры xk:1, xk:2 расходятся на 34 км (порог 5 км)",
    "The trackers xk:1, xk:2 are 34 km apart (limit 5 km)",
  ]);
  const mileage = { firstAt: at("2026-01-01T00:00:00Z"), lastAt: at("2026-07-01T00:00:00Z") };
  const driven = { measured: 21000, limit: 16500, facts: { mileage }, agreed: { plannedMileageKmPerYear: 30000 } };
  expect(say({ case: "mileage", value: { percent: 110, minObservedDays: 30 } }, driven)[1]).toBe(
    "Mileage 21,000 km from 01.01.2026 03:00 MSK to 01.07.2026 03:00 MSK, permitted 16,500 km (plan 30,000 km a year)",
  );
});

test("a counterparty is named with its INN, what befell it and who says so", () => {
  const checked = { checkedAt: at("2026-11-20T06:00:00Z"), focusStatusText: "Конкурсное производство" };
  const party = {
    name: "ООО «Ромашка»",
    inn: "7701234567",
    ogrn: "1027700132195",
    states: ["bankrupting"],
    ...checked,
  };
  const state: Kind = { case: "counterpartyState", value: { party: Party.LESSEE, states: [PartyState.BANKRUPTING] } };
  expect(say(state, { party })[0]).toBe(
    "Лизингополучатель ООО «Ромашка» (ИНН 7701234567): в стадии банкротства; статус в Контур.Фокусе на 20.11.2026 09:00 МСК: «Конкурсное производство»",
  );
  const identity: Kind = { case: "counterpartyIdentity", value: { party: Party.LESSOR } };
  const say2 = (name: string) => say(identity, { party: { ...party, identity: name } })[0];
  expect(say2("conflict")).toContain("принадлежат разным организациям");
  expect(say2("predecessor_or_successor")).toContain("принадлежат предшественнику и преемнику");
});

test("without its condition a violation still says its name and its numbers", () => {
  expect(say(undefined, { measured: 12, limit: 3 })[0]).toBe("Свой индикатор: 12 при пороге 3");
  expect(say(undefined, {})[0]).toBe("Свой индикатор");
});
