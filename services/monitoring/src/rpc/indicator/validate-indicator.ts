import type { ServiceImpl } from "@connectrpc/connect";
import type { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { invalidArgument } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { enumName } from "../../steps/project-snapshot.ts";
import { countWatchedInScope } from "../../store/watched-asset.ts";
import { inspectDefinition } from "./inspect-definition.ts";

export function validateIndicator({
  database,
  zones,
}: Pick<Context, "database" | "zones">): ServiceImpl<typeof IndicatorService>["validateIndicator"] {
  return async ({ definition }, call) => {
    if (definition === undefined) throw invalidArgument("the definition is missing");
    const { problems } = await inspectDefinition({ zones }, definition, call.signal);
    const { scope } = definition;
    const assetCount = await countWatchedInScope(database.sql, {
      kinds: (scope?.kinds ?? []).map((kind) => enumName(NomenclatureKind, kind)),
      lessorIds: scope?.lessorIds ?? [],
      lesseeIds: scope?.lesseeIds ?? [],
      regionCodes: scope?.regionCodes ?? [],
    });
    // Told and not forbidden: the assets may come tomorrow.
    if (assetCount === 0)
      problems.push({ field: "scope", code: "empty_scope", text: "no watched asset is in scope today" });
    return { problems, assetCount: BigInt(assetCount) };
  };
}
