import { expect, test } from "bun:test";
import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import type { FocusRecord } from "./focus-record.ts";
import { askableNumbers, judgeIdentity, needsRelatives } from "./identity.ts";

const record = (inn: string, ogrn: string, more: Partial<FocusRecord> = {}): FocusRecord => ({
  inn,
  ogrn,
  name: `company ${inn}`,
  statusText: "",
  dissolved: false,
  dissolving: false,
  reorganizing: false,
  bankrupting: false,
  regionNumber: "",
  relatives: [],
  ...more,
});

const gazprom = record("7736050003", "1027700070518");
const byMistake = record("7736050003", "1061515009555", { dissolved: true });
const predecessor = record("7710542402", "1047796345794", { dissolved: true });
const successor = record("7710723134", "1087746829994");
const register = [byMistake, gazprom, predecessor, successor];

const found = (inn: string, ogrn: string, records = register) => ({
  byInn: records.filter(
    (each) => each.inn === inn && inn !== "" && askableNumbers({ inn, ogrn: "" }).inn !== undefined,
  ),
  byOgrn: records.filter((each) => each.ogrn === ogrn && ogrn !== ""),
});

const { MATCH, DUPLICATE_INN, CONFLICT, INVALID, INCOMPLETE, NOT_FOUND } = CounterpartyIdentity;
const cases: [what: string, inn: string, ogrn: string, CounterpartyIdentity, ogrnOfState: string | undefined][] = [
  ["one record with both numbers", successor.inn, successor.ogrn, MATCH, successor.ogrn],
  ["a second record of the same INN, in whatever order", gazprom.inn, gazprom.ogrn, DUPLICATE_INN, gazprom.ogrn],
  ["the OGRN that was registered by mistake", gazprom.inn, byMistake.ogrn, DUPLICATE_INN, byMistake.ogrn],
  ["the OGRN of another company", gazprom.inn, successor.ogrn, CONFLICT, gazprom.ogrn],
  ["an OGRN nobody knows beside a known INN", gazprom.inn, "1027812400868", CONFLICT, gazprom.ogrn],
  ["an INN nobody knows beside a known OGRN", "7813045547", gazprom.ogrn, CONFLICT, gazprom.ogrn],
  ["a broken INN beside the OGRN of a known company", "7736050000", gazprom.ogrn, CONFLICT, gazprom.ogrn],
  ["an INN alone", gazprom.inn, "", INCOMPLETE, gazprom.ogrn],
  ["an OGRN alone", "", gazprom.ogrn, INCOMPLETE, gazprom.ogrn],
  ["numbers nobody knows", "7813045547", "1027812400868", NOT_FOUND, undefined],
  ["an unknown INN alone", "7813045547", "", NOT_FOUND, undefined],
  ["a foreign INN", "9909123456", "", NOT_FOUND, undefined],
  ["two broken numbers", "1", "2", INVALID, undefined],
  ["a broken number alone", "1", "", INCOMPLETE, undefined],
  ["no numbers", "", "", INCOMPLETE, undefined],
];
for (const [what, inn, ogrn, identity, ogrnOfState] of cases) {
  test(`${what}: ${CounterpartyIdentity[identity]}`, () => {
    const judgement = judgeIdentity({ inn, ogrn }, found(inn, ogrn));
    expect(judgement.identity).toBe(identity);
    expect(judgement.record?.ogrn).toBe(ogrnOfState);
  });
}

const kin: [side: string, related: FocusRecord[]][] = [
  ["successor", [{ ...successor, relatives: [predecessor] }, predecessor]],
  ["predecessor", [successor, { ...predecessor, relatives: [successor] }]],
];
for (const [side, related] of kin) {
  test(`one company's INN with its predecessor's OGRN is recognised from the ${side}'s side`, () => {
    const numbers = { inn: successor.inn, ogrn: predecessor.ogrn };
    const unexplained = found(numbers.inn, numbers.ogrn);
    expect(needsRelatives(numbers, unexplained)).toBe(true);
    expect(judgeIdentity(numbers, unexplained).identity).toBe(CONFLICT);
    const explained = found(numbers.inn, numbers.ogrn, related);
    expect(judgeIdentity(numbers, explained).identity).toBe(CounterpartyIdentity.PREDECESSOR_OR_SUCCESSOR);
  });
}

test("a dissolved record decides the state only when no living one carries the INN", () => {
  const alone = { byInn: [byMistake], byOgrn: [] };
  expect(judgeIdentity({ inn: gazprom.inn, ogrn: "" }, alone).record?.dissolved).toBe(true);
  expect(judgeIdentity({ inn: gazprom.inn, ogrn: "" }, found(gazprom.inn, "")).record?.dissolved).toBe(false);
});
