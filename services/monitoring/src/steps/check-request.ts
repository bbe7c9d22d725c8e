import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { topics } from "@dozor/proto/streams";
import { CheckRequestSchema } from "@dozor/proto/tracking/v1/check";
import type { OutboxMessage } from "@dozor/runtime/outbox";
import type { FactNeeds } from "../domain/fact-needs.ts";

export type Check = {
  checkId: string;
  run: { runId: string; asOf: Date };
  /** The indicators that the facts are for. */
  indicators: readonly { indicatorId: string; indicatorVersion: number }[];
  needs: FactNeeds;
  deadlineAt: Date;
  assets: readonly { assetId: string; mileageFromMs: number | undefined }[];
};

/** The outbox row of a check. Several indicators share one: the request then names none, and the chunks are found by the check's id. */
export function checkMessage(check: Check): OutboxMessage {
  const [only] = check.indicators.length === 1 ? check.indicators : [];
  const request = create(CheckRequestSchema, {
    checkId: check.checkId,
    runId: check.run.runId,
    indicatorId: only?.indicatorId ?? "",
    indicatorVersion: only?.indicatorVersion ?? 0,
    asOf: timestampFromDate(check.run.asOf),
    deadline: timestampFromDate(check.deadlineAt),
    select: { ...check.needs, zoneIds: [...check.needs.zoneIds] },
    assets: check.assets.map(({ assetId, mileageFromMs }) => ({
      assetId,
      ...(mileageFromMs === undefined ? {} : { mileageFrom: timestampFromMs(mileageFromMs) }),
    })),
  });
  return {
    topic: topics.check,
    key: check.checkId,
    schema: CheckRequestSchema.typeName,
    payload: toBinary(CheckRequestSchema, request),
  };
}
