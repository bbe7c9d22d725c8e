import type { ServiceImpl } from "@connectrpc/connect";
import type { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { notFound } from "@dozor/runtime/errors";
import { listFindingChanges, getFinding as readFinding } from "../../findings/read-findings.ts";
import { changeMessage, findingMessage } from "./finding-message.ts";
import type { QualityContext } from "./quality-context.ts";

const changesMax = 500;

export const getFinding =
  ({ database: { sql } }: QualityContext): ServiceImpl<typeof DataQualityService>["getFinding"] =>
  async ({ id }) => {
    const finding = await readFinding(sql, id);
    if (finding === undefined) throw notFound("finding", id);
    const changes = await listFindingChanges(sql, id, changesMax);
    return { finding: findingMessage(finding), changes: changes.map(changeMessage) };
  };
