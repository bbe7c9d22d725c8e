import { expect, test } from "bun:test";
import { csvLine } from "./csv.ts";

test("cells are separated by semicolons and lines end as Windows ends them", () => {
  expect(csvLine(["Камаз", 12, ""])).toBe("Камаз;12;\r\n");
});

test("a separator, a quote or a new line inside of a cell is quoted", () => {
  expect(csvLine(['ООО "Ромашка"; Омск', "a\nb"])).toBe('"ООО ""Ромашка""; Омск";"a\nb"\r\n');
});

test("a cell that would run as a formula is guarded, a number is not", () => {
  expect(csvLine(["=1+1", "+7 900", "-1", "@cmd", -5])).toBe("'=1+1;'+7 900;'-1;'@cmd;-5\r\n");
  expect(csvLine(['=cmd|" /C calc"!A0'])).toBe('"\'=cmd|"" /C calc""!A0"\r\n');
});
