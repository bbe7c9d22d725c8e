import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type IndicatorSchema, IndicatorState } from "@dozor/proto/monitoring/v1/indicator";
import type { StoredIndicator } from "../../store/indicator.ts";

const states = {
  draft: IndicatorState.DRAFT,
  published: IndicatorState.PUBLISHED,
  archived: IndicatorState.ARCHIVED,
} as const;

export function indicatorMessage(indicator: StoredIndicator): MessageInitShape<typeof IndicatorSchema> {
  return {
    indicatorId: indicator.indicatorId,
    key: indicator.key,
    state: states[indicator.state],
    version: BigInt(indicator.version),
    draft: indicator.draft,
    publishedVersion: indicator.publishedVersion,
    ...(indicator.published === undefined ? {} : { published: indicator.published }),
    updatedAt: timestampFromDate(indicator.updatedAt),
    updatedBy: indicator.updatedBy,
  };
}
