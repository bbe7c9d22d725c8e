import { expect, test } from "bun:test";
import { DeadLetterState } from "@dozor/proto/integration/v1/dead_letter";
import { readDeadLettersSearch, stateOf } from "./dead-letters-search.ts";

test("without anything in the address the open letters of registry are shown", () => {
  const search = readDeadLettersSearch({ service: "registry", state: "open", colour: "red" });
  expect(search).toEqual({});
  expect(stateOf(search)).toBe(DeadLetterState.OPEN);
});

test("a link keeps service, state and consumer", () => {
  const search = readDeadLettersSearch({ service: "monitoring", state: "all", consumer: "apply-asset-snapshots" });
  expect(search).toEqual({ service: "monitoring", state: "all", consumer: "apply-asset-snapshots" });
  expect(stateOf(search)).toBe(DeadLetterState.UNSPECIFIED);
});
