import { expect, test } from "bun:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  FindingAction,
  FindingChangeSchema,
  FindingResolution,
  FindingState,
} from "@dozor/proto/integration/v1/data_quality";
import { phrases } from "../../../i18n/test-phrases.ts";
import { findingHistory } from "./finding-history.ts";

const { OPEN, SETTLED, GONE } = FindingState;
const { FOUND, CHANGED, ASSIGNED, SETTLED: SETTLE, REOPENED, GONE: GO } = FindingAction;

test("a finding's life is told in order: who did what, and why", () => {
  const changes: MessageInitShape<typeof FindingChangeSchema>[] = [
    { action: FOUND, state: OPEN, evidenceJson: '{"vin":"XW8"}' },
    { action: ASSIGNED, state: OPEN, actor: "ivanova", owner: "ivanova" },
    { action: ASSIGNED, state: OPEN, actor: "ivanova", owner: "petrov" },
    {
      action: SETTLE,
      state: SETTLED,
      actor: "petrov",
      resolution: FindingResolution.ACCEPTED,
      reason: "так в документах",
    },
    { action: CHANGED, state: OPEN, evidenceJson: '{"vin":"XW8Z"}' },
    { action: CHANGED, state: OPEN, evidenceJson: '{"vin":"XW8ZZ"}' },
    { action: REOPENED, state: OPEN, actor: "petrov", reason: "поторопились" },
    { action: ASSIGNED, state: OPEN, actor: "petrov", owner: "" },
    { action: GO, state: GONE },
  ];
  const made = changes.map((change, i) => create(FindingChangeSchema, { version: BigInt(i + 1), ...change }));
  const told = findingHistory(made, { rule: "vin_invalid" }, phrases.ru);
  expect(told.map(({ who, what, note }) => [who, what, note])).toEqual([
    ["Правило", "нашло замечание", "В VIN XW8 3 знака вместо 17"],
    ["ivanova", "берёт себе", ""],
    ["ivanova", "назначает ответственным: petrov", ""],
    ["petrov", "решает: Верно, так и останется", "так в документах"],
    ["Правило", "изменило основания и открыло замечание снова", "В VIN XW8Z 4 знака вместо 17"],
    ["Правило", "изменило основания", "В VIN XW8ZZ 5 знаков вместо 17"],
    ["petrov", "открывает снова", "поторопились"],
    ["petrov", "снимает ответственного", ""],
    ["Правило", "больше не находит этого", ""],
  ]);
  const english = findingHistory(made, { rule: "vin_invalid" }, phrases.en);
  expect(english[3]?.what).toBe("settled it: True, and will stay so");
});
