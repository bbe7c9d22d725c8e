import type { ServiceImpl } from "@connectrpc/connect";
import type { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { indicatorKinds, type KindParameter } from "../../domain/indicator-kinds.ts";

export function listIndicatorKinds(): ServiceImpl<typeof IndicatorService>["listIndicatorKinds"] {
  return () => ({
    kinds: indicatorKinds.map(({ kind, needsTracker, parameters, unknownReasons }) => ({
      kind,
      needsTracker,
      parameters: parameters.map(parameterMessage),
      unknownReasons: [...unknownReasons],
    })),
  });
}

function parameterMessage(parameter: KindParameter) {
  return {
    name: parameter.name,
    type: parameter.type,
    unit: parameter.unit ?? "",
    defaultValue: parameter.defaultValue ?? "",
    ...(parameter.min === undefined ? {} : { min: parameter.min }),
    ...(parameter.max === undefined ? {} : { max: parameter.max }),
    required: parameter.required ?? false,
    allowedValues: [...(parameter.allowedValues ?? [])],
  };
}
