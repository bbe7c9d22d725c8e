import { expect, test } from "bun:test";
import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import { type GivenNumber, judgeIdentity, withKinship } from "./counterparty-identity.ts";
import type { FocusRecord } from "./focus-record.ts";

const good = (value: string): GivenNumber => ({ value, isValid: true });
const bad = (value: string): GivenNumber => ({ value, isValid: false });
const none: GivenNumber = { value: "", isValid: false };
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
  ...more,
});

const gazprom = record("7736050003", "1027700070518");
const byMistake = record("7736050003", "1061515009555", { dissolved: true });
const successor = record("7710723134", "1087746829994");
const predecessor = record("7710542402", "1047796345794", { dissolved: true });

const cases: [string, GivenNumber, GivenNumber, FocusRecord[], CounterpartyIdentity, string | undefined][] = [
  [
    "one record with both numbers",
    good(gazprom.inn),
    good(gazprom.ogrn),
    [gazprom],
    CounterpartyIdentity.MATCH,
    gazprom.ogrn,
  ],
  [
    "a second record of the same INN, in whatever order",
    good(gazprom.inn),
    good(gazprom.ogrn),
    [byMistake, gazprom],
    CounterpartyIdentity.DUPLICATE_INN,
    gazprom.ogrn,
  ],
  [
    "the OGRN that was registered by mistake",
    good(gazprom.inn),
    good(byMistake.ogrn),
    [gazprom, byMistake],
    CounterpartyIdentity.DUPLICATE_INN,
    byMistake.ogrn,
  ],
  [
    "the OGRN of another company",
    good(gazprom.inn),
    good(successor.ogrn),
    [gazprom, successor],
    CounterpartyIdentity.CONFLICT,
    gazprom.ogrn,
  ],
  [
    "an OGRN nobody knows beside an INN of a company with another one",
    good(gazprom.inn),
    good("1157746000000"),
    [gazprom],
    CounterpartyIdentity.CONFLICT,
    gazprom.ogrn,
  ],
  [
    "a broken INN beside the OGRN of a known company",
    bad("7736050000"),
    good(gazprom.ogrn),
    [gazprom],
    CounterpartyIdentity.CONFLICT,
    gazprom.ogrn,
  ],
  ["a broken OGRN", good(gazprom.inn), bad("1027700070510"), [gazprom], CounterpartyIdentity.INVALID, gazprom.ogrn],
  ["an INN alone", good(gazprom.inn), none, [byMistake, gazprom], CounterpartyIdentity.INCOMPLETE, gazprom.ogrn],
  ["an OGRN alone", none, good(gazprom.ogrn), [gazprom], CounterpartyIdentity.INCOMPLETE, gazprom.ogrn],
  ["numbers nobody knows", good("5010010010"), good("1157746000000"), [], CounterpartyIdentity.NOT_FOUND, undefined],
  ["an unknown INN alone", good("5010010010"), none, [], CounterpartyIdentity.NOT_FOUND, undefined],
  ["two broken numbers", bad("1"), bad("2"), [], CounterpartyIdentity.INVALID, undefined],
  ["no numbers", none, none, [], CounterpartyIdentity.INCOMPLETE, undefined],
];
for (const [what, inn, ogrn, records, identity, ogrnOfRecord] of cases) {
  test(`${what}: ${CounterpartyIdentity[identity]}`, () => {
    const answer = judgeIdentity({ inn, ogrn, records });
    expect(answer.identity).toBe(identity);
    expect(answer.record?.ogrn).toBe(ogrnOfRecord);
  });
}

test("the state is taken from the living record when only the INN leads to any", () => {
  const answer = judgeIdentity({ inn: good(gazprom.inn), ogrn: none, records: [byMistake, gazprom] });
  expect(answer.record?.dissolved).toBe(false);
});

for (const [what, kinship] of [
  [
    "successor",
    { inn: successor.inn, ogrn: successor.ogrn, relatives: [{ inn: predecessor.inn, ogrn: predecessor.ogrn }] },
  ],
  [
    "predecessor",
    { inn: predecessor.inn, ogrn: predecessor.ogrn, relatives: [{ inn: successor.inn, ogrn: successor.ogrn }] },
  ],
] as const) {
  test(`one company's INN with its predecessor's OGRN is recognised from the ${what}'s side`, () => {
    const numbers = { inn: good(successor.inn), ogrn: good(predecessor.ogrn) };
    const answer = judgeIdentity({ ...numbers, records: [predecessor, successor] });
    expect(answer.identity).toBe(CounterpartyIdentity.CONFLICT);
    expect(withKinship(numbers, answer, [{ ...kinship, relatives: [...kinship.relatives] }]).identity).toBe(
      CounterpartyIdentity.PREDECESSOR_OR_SUCCESSOR,
    );
  });
}

test("companies that are no relatives stay a conflict", () => {
  const numbers = { inn: good(gazprom.inn), ogrn: good(successor.ogrn) };
  const answer = judgeIdentity({ ...numbers, records: [gazprom, successor] });
  const kinship = {
    inn: successor.inn,
    ogrn: successor.ogrn,
    relatives: [{ inn: predecessor.inn, ogrn: predecessor.ogrn }],
  };
  expect(withKinship(numbers, answer, [kinship]).identity).toBe(CounterpartyIdentity.CONFLICT);
});
