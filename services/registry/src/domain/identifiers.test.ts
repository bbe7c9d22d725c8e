import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isForeignInn, isValidInn, readInn } from "./inn.ts";
import { isValidKpp } from "./kpp.ts";
import { isValidOgrn } from "./ogrn.ts";
import { readPlate } from "./plate.ts";
import { readVin } from "./vin.ts";

type Vector = {
  kind: string;
  value: string | [string, string];
  valid: boolean;
  businessValid?: boolean;
  normalised?: string;
  reason?: string;
};

const file = join(import.meta.dir, "../../../../../shared/data/identifier-vectors.json");
const isPresent = existsSync(file);
const vectors: Vector[] = isPresent ? JSON.parse(readFileSync(file, "utf8")).vectors : [];

function of(...kinds: string[]) {
  return vectors.flatMap((vector) =>
    kinds.includes(vector.kind) && typeof vector.value === "string"
      ? [{ ...vector, value: vector.value, isGood: vector.valid && vector.businessValid !== false }]
      : [],
  );
}

describe.skipIf(!isPresent)("identifier vectors", () => {
  test("every INN is judged as its source judges it", () => {
    const inns = of("inn10", "inn12");
    expect(inns.length).toBe(40);
    for (const { value, isGood } of inns) expect([value, isValidInn(value)]).toEqual([value, isGood]);
  });

  test("every OGRN and OGRNIP is judged as its source judges it", () => {
    const ogrns = of("ogrn13", "ogrnip15");
    expect(ogrns.length).toBe(31);
    for (const { value, isGood } of ogrns) expect([value, isValidOgrn(value)]).toEqual([value, isGood]);
  });

  test("every KPP is judged as its source judges it", () => {
    for (const { value, isGood } of of("kpp")) expect([value, isValidKpp(value)]).toEqual([value, isGood]);
  });

  test("every VIN is judged as its source judges it, and a Cyrillic look-alike is folded", () => {
    for (const { value, isGood, normalised, reason } of of("vin")) {
      const reading = readVin(value);
      if (reason === "no-vin-marker") expect(reading).toEqual({ vin: "", repairs: [] });
      else if (normalised !== undefined)
        expect([reading.vin, reading.repairs]).toEqual([normalised, ["cyrillic_lookalike"]]);
      else expect([value, reading.problem === undefined]).toEqual([value, isGood]);
    }
  });

  test("every plate is judged as its source judges it", () => {
    for (const { value, isGood, normalised } of of("plate")) {
      const reading = readPlate(value);
      expect([value, reading.problem === undefined]).toEqual([value, isGood]);
      if (normalised !== undefined) expect(reading.plate).toBe(normalised);
    }
  });

  test("each number of an INN and OGRN pair is valid by itself", () => {
    for (const vector of vectors.filter(({ kind }) => kind === "inn-ogrn-pair")) {
      const [inn = "", ogrn = ""] = vector.value;
      expect([isValidInn(inn), isValidOgrn(ogrn)]).toEqual([true, true]);
    }
  });
});

test("an INN that lost its leading zero is refused with the repair suggested", () => {
  expect(readInn("273074555")).toEqual({ inn: "273074555", problem: "length", suggestion: "0273074555" });
});

test("an INN that begins with 99 belongs to a foreign organisation", () => {
  expect(isForeignInn("9909123456")).toBe(true);
  expect(isForeignInn("7736050003")).toBe(false);
});

test("a VIN typed with O for 0 is refused with the repair suggested", () => {
  expect(readVin("XTA21O990Y2765432")).toMatchObject({ problem: "characters", suggestion: "XTA210990Y2765432" });
});

for (const [typed, plate] of [
  ["0381КО02", "0381КО02"],
  ["о123кт777", "О123КТ777"],
  ["0123KT777", "О123КТ777"],
  ["А1О3ВС77", "А103ВС77"],
] as const) {
  test(`the plate typed as ${typed} is ${plate}`, () => {
    expect(readPlate(typed)).toEqual({ plate });
  });
}
