import { expect, test } from "bun:test";
import { MessageState } from "@dozor/proto/integration/v1/queue";
import { HopState } from "@dozor/proto/monitoring/v1/trace";
import { sentState } from "./sent-state.ts";

const { PROCESSED, FAILED, CREATED } = MessageState;
const sent = (source: string, requestState: MessageState, objectVersion: string) => ({
  source,
  requestState,
  objectVersion,
});

test("a receiver is equal when the newest message to it was accepted and carries the version of registry", () => {
  expect(sentState([sent("portal", PROCESSED, "2"), sent("portal", FAILED, "1")], 2n)).toBe(HopState.EQUAL);
  expect(sentState([sent("portal", PROCESSED, "1")], 2n)).toBe(HopState.BEHIND);
});

test("one receiver that refuses or waits leaves the whole behind, and nobody asked is no state", () => {
  expect(sentState([sent("portal", PROCESSED, "2"), sent("archive", FAILED, "2")], 2n)).toBe(HopState.BEHIND);
  expect(sentState([sent("portal", CREATED, "2")], 2n)).toBe(HopState.BEHIND);
  expect(sentState([], 2n)).toBeUndefined();
});
