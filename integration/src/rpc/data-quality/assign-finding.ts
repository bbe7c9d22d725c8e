import type { ServiceImpl } from "@connectrpc/connect";
import type { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { principalOf } from "@dozor/runtime/auth";
import { assignFinding as assign } from "../../findings/change-finding.ts";
import { findingMessage } from "./finding-message.ts";
import type { QualityContext } from "./quality-context.ts";

export const assignFinding =
  ({ database }: QualityContext): ServiceImpl<typeof DataQualityService>["assignFinding"] =>
  async ({ id, version, owner }, call) => {
    const edit = { id, version: Number(version), actor: principalOf(call).subject };
    const finding = await database.transaction("finding.assign", (tx) => assign(tx, edit, owner));
    return { finding: findingMessage(finding) };
  };
