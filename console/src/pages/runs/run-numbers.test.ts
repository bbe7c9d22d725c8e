import { expect, test } from "bun:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { RunSchema, RunState } from "@dozor/proto/monitoring/v1/run";
import { durationMs, progressOf, remainingMs } from "./run-numbers.ts";

const start = new Date("2026-11-20T03:00:00Z");
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const run = (init: MessageInitShape<typeof RunSchema>) =>
  create(RunSchema, { state: RunState.CHECKING, startedAt: timestampFromDate(start), ...init });

test("every ended check counts as progress, whatever it said", () => {
  expect(progressOf(run({ counts: { planned: 1000n, violated: 10n, clear: 400n, unknown: 80n, failed: 10n } }))).toBe(
    0.5,
  );
});

test("a run with nothing to check is not half done: it is done when it ends", () => {
  expect(progressOf(run({ counts: {} }))).toBe(0);
  expect(progressOf(run({ counts: {}, state: RunState.COMPLETED }))).toBe(1);
});

test("the time left is told from the speed so far, and not guessed at the very start", () => {
  const counts = (clear: bigint) => ({ planned: 1000n, clear });
  expect(remainingMs(run({ counts: counts(10n) }), later(10))).toBeUndefined();
  expect(remainingMs(run({ counts: counts(250n) }), later(10))).toBe(30_000);
  expect(remainingMs(run({ counts: counts(1000n), state: RunState.COMPLETED }), later(10))).toBeUndefined();
});

test("an ended run took as long as it took, however late one looks", () => {
  expect(durationMs(run({ endedAt: timestampFromDate(later(42)) }), later(9_000))).toBe(42_000);
});
