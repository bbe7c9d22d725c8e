import { expect, test } from "bun:test";
import { FindingState } from "@dozor/proto/integration/v1/data_quality";
import { findingRefusal, findingVerbs } from "./finding-refusals.ts";

const admin = { subject: "ivanova", roles: ["integration_admin"] };
const { OPEN, SETTLED, GONE } = FindingState;

test("an open finding can be taken, given to another and settled; nobody can be relieved of it who does not have it", () => {
  const open = { state: OPEN, owner: "" };
  const refusals = findingVerbs.map((verb) => [verb, findingRefusal(verb, open, admin)]);
  expect(Object.fromEntries(refusals)).toEqual({
    take: undefined,
    assign: undefined,
    release: "nobodys",
    settle: undefined,
    reopen: "notSettled",
  });
});

test("who has a finding need not take it, and can give it back", () => {
  const mine = { state: OPEN, owner: "ivanova" };
  expect(findingRefusal("take", mine, admin)).toBe("yours");
  expect(findingRefusal("release", mine, admin)).toBeUndefined();
});

test("a settled finding can be opened again and not settled twice", () => {
  const settled = { state: SETTLED, owner: "" };
  expect(findingRefusal("settle", settled, admin)).toBe("settled");
  expect(findingRefusal("reopen", settled, admin)).toBeUndefined();
});

test("nothing can be done with a finding that has gone, nor by who does not answer for the data", () => {
  for (const verb of findingVerbs) {
    expect(findingRefusal(verb, { state: GONE, owner: "" }, admin)).toBe("gone");
    const operator = { subject: "o", roles: ["operator"] };
    expect(findingRefusal(verb, { state: OPEN, owner: "" }, operator)).toBe("role");
  }
});
