import { expect, test } from "bun:test";
import { normalisePlate, normaliseVin } from "./identifiers.ts";

test("a VIN typed by people compares equal to the printed one", () => {
  const printed = "XW8ZZZ5NZMG023644";
  for (const typed of [
    "XW8ZZZ5NZMG023644",
    " xw8zzz5nzmg023644 ",
    "ХW8ZZZ5NZМG023644",
    "XW8 ZZZ-5NZ.MG023644",
    "XW8\u00A0ZZZ5NZMG\u2013023644",
  ]) {
    expect(normaliseVin(typed)).toBe(printed);
  }
});

test("a plate compares in the Latin fold whichever alphabet it was typed in", () => {
  for (const typed of ["А123ВС55", "a123bc55", "A 123 BC 55", "а123вс-55"])
    expect(normalisePlate(typed)).toBe("A123BC55");
});

test("a note that there is no number is no number", () => {
  for (const typed of [
    "ОТСУТСТВУЕТ",
    "отсутствует ",
    "НЕ УСТАНОВЛЕН",
    "не установлен",
    "Б/Н",
    "б/н",
    "НЕТ",
    "-",
    " — ",
    "",
  ])
    expect(normaliseVin(typed)).toBe("");
});
