import type { ServiceImpl } from "@connectrpc/connect";
import type { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { principalOf } from "@dozor/runtime/auth";
import { settleFinding as settle } from "../../findings/change-finding.ts";
import { findingMessage } from "./finding-message.ts";
import type { QualityContext } from "./quality-context.ts";

export const settleFinding =
  ({ database }: QualityContext): ServiceImpl<typeof DataQualityService>["settleFinding"] =>
  async ({ id, version, resolution, reason }, call) => {
    const edit = { id, version: Number(version), actor: principalOf(call).subject };
    const finding = await database.transaction("finding.settle", (tx) => settle(tx, edit, { resolution, reason }));
    return { finding: findingMessage(finding) };
  };
