import { expect, test } from "bun:test";
import { MessageState } from "@dozor/proto/integration/v1/queue";
import { timestampOf } from "../../../lib/company-time.ts";
import { lanePauseRefusal, retryRefusal } from "./message-refusals.ts";

test("only a failed message that nobody gave up can be tried again or skipped", () => {
  const { CREATED, RECEIVED, PROCESSED, FAILED } = MessageState;
  for (const requestState of [CREATED, RECEIVED, PROCESSED]) expect(retryRefusal({ requestState })).toBe("notFailed");
  expect(retryRefusal({ requestState: FAILED })).toBeUndefined();
  const skippedAt = { $typeName: "google.protobuf.Timestamp" as const, ...timestampOf(new Date()) };
  expect(retryRefusal({ requestState: FAILED, skippedAt })).toBe("skipped");
});

test("a message about no object has no lane to hold up", () => {
  expect(lanePauseRefusal({ objectId: "" })).toBe("laneOfNothing");
  expect(lanePauseRefusal({ objectId: "A-17" })).toBeUndefined();
});
