import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { listVersions, readIndicator } from "../../store/indicator.ts";
import { indicatorMessage } from "./indicator-message.ts";

export function getIndicator({
  database: { sql },
}: Pick<Context, "database">): ServiceImpl<typeof IndicatorService>["getIndicator"] {
  return async ({ indicatorId }) => {
    const indicator = await readIndicator(sql, indicatorId);
    if (indicator === undefined) throw notFound("indicator", indicatorId);
    const versions = await listVersions(sql, indicatorId);
    return {
      indicator: indicatorMessage(indicator),
      versions: versions.map(({ version, definition, publishedAt, publishedBy }) => ({
        version,
        definition,
        publishedAt: timestampFromDate(publishedAt),
        publishedBy,
      })),
    };
  };
}
