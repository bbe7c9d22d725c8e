import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { WatchRuleSchema } from "@dozor/proto/monitoring/v1/watch";
import { ContractStatus, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import type { StoredWatchRule } from "../../store/watch-rule.ts";

export function watchRuleMessage(rule: StoredWatchRule): MessageInitShape<typeof WatchRuleSchema> {
  return {
    version: BigInt(rule.version),
    kinds: rule.kinds.map((kind) => enumValue(NomenclatureKind, kind)),
    contractStatuses: rule.contractStatuses.map((status) => enumValue(ContractStatus, status)),
    updatedAt: timestampFromDate(rule.updatedAt),
    updatedBy: rule.updatedBy,
  };
}

/** The value of a name as tables write it; 0 for one that this code does not know. */
function enumValue<T extends number>(values: Readonly<Record<string, string | T>>, name: string): T {
  // The object of a TypeScript enum maps names to values and values to names; upper-case keys are the names.
  return (values[name.toUpperCase()] ?? 0) as T;
}
