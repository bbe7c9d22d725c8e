import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { readScores, scoreShare } from "../../findings/scores.ts";
import type { QualityContext } from "./quality-context.ts";

export const getScores =
  ({ database: { sql } }: QualityContext): ServiceImpl<typeof DataQualityService>["getScores"] =>
  async ({ source }) => ({
    scores: (await readScores(sql, source)).map((score) => ({
      source: score.source,
      score: scoreShare(score),
      entityCount: BigInt(score.entityCount),
      doubtfulCount: BigInt(score.doubtfulCount),
      shares: score.shares.map(({ rule, entityCount }) => ({ rule, entityCount: BigInt(entityCount) })),
      measuredAt: timestampFromDate(score.measuredAt),
    })),
  });
