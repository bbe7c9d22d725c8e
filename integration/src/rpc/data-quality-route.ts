import { DataQualityService } from "@dozor/proto/integration/v1/data_quality";
import { type Role, roles } from "@dozor/runtime/auth";
import type { Route } from "@dozor/runtime/route";
import { route } from "@dozor/runtime/server";
import { assignFinding } from "./data-quality/assign-finding.ts";
import { getFinding } from "./data-quality/get-finding.ts";
import { getScores } from "./data-quality/get-scores.ts";
import { listFindings } from "./data-quality/list-findings.ts";
import type { QualityContext } from "./data-quality/quality-context.ts";
import { reopenFinding } from "./data-quality/reopen-finding.ts";
import { settleFinding } from "./data-quality/settle-finding.ts";

const readers: readonly Role[] = roles;
/** Who answers for the data: the integration administrator, and the lead whose analysts rest on it. */
const findingKeepers: readonly Role[] = ["integration_admin", "lead"];

/** Data quality of a service that keeps findings in its database. */
export function dataQualityRoute(context: QualityContext): Route {
  return route(
    DataQualityService,
    {
      listFindings: listFindings(context),
      getFinding: getFinding(context),
      assignFinding: assignFinding(context),
      settleFinding: settleFinding(context),
      reopenFinding: reopenFinding(context),
      getScores: getScores(context),
    },
    {
      listFindings: readers,
      getFinding: readers,
      assignFinding: findingKeepers,
      settleFinding: findingKeepers,
      reopenFinding: findingKeepers,
      getScores: readers,
    },
  );
}
