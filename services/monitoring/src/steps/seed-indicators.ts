import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { DefinitionSchema } from "@dozor/proto/monitoring/v1/indicator";
import type { Tx } from "@dozor/runtime/database";
import { defaultIndicators } from "../domain/default-indicators.ts";
import { countIndicators, insertIndicator, publishDraft } from "../store/indicator.ts";

/** Gives an installation without indicators the default ones, published. Of several instances that start at once the first does it. */
export async function seedIndicators(tx: Tx, at: Date): Promise<number> {
  await tx`select pg_advisory_xact_lock(hashtextextended('seed indicators', 0))`;
  if ((await countIndicators(tx)) > 0) return 0;
  for (const { indicatorId, key, definition } of defaultIndicators) {
    // Plain JSON by its type: proto JSON is checked while it is read.
    const draft = fromJson(DefinitionSchema, definition as unknown as JsonValue);
    await insertIndicator(tx, { indicatorId, key, draft, at, by: "system" });
    await publishDraft(tx, { indicatorId, version: 1, at, by: "system" }, {});
  }
  return defaultIndicators.length;
}
