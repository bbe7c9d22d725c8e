import type { ServiceImpl } from "@connectrpc/connect";
import type { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { principalOf } from "@dozor/runtime/auth";
import { reopenFinding as reopen } from "../../findings/change-finding.ts";
import { findingMessage } from "./finding-message.ts";
import type { QualityContext } from "./quality-context.ts";

export const reopenFinding =
  ({ database }: QualityContext): ServiceImpl<typeof DataQualityService>["reopenFinding"] =>
  async ({ id, version, reason }, call) => {
    const edit = { id, version: Number(version), actor: principalOf(call).subject };
    const finding = await database.transaction("finding.reopen", (tx) => reopen(tx, edit, reason));
    return { finding: findingMessage(finding) };
  };
