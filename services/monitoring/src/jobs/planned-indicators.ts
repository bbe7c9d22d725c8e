import type { Tx } from "@dozor/runtime/database";
import { type FactNeeds, factNeeds } from "../domain/fact-needs.ts";
import type { IndicatorVersions } from "../steps/indicator-versions.ts";
import type { StoredVersion } from "../store/indicator.ts";
import { listRunIndicators } from "../store/run.ts";

/** The indicators of a run with the facts they need; `needs` is undefined for those that need no tracker. */
export type PlannedIndicator = { version: StoredVersion; needs: FactNeeds | undefined };

export async function plannedIndicators(
  { versions }: { versions: IndicatorVersions },
  tx: Tx,
  runId: string,
): Promise<PlannedIndicator[]> {
  const planned: PlannedIndicator[] = [];
  for (const { indicatorId, indicatorVersion } of await listRunIndicators(tx, runId)) {
    const version = await versions.get(tx, indicatorId, indicatorVersion);
    const { condition } = version.definition;
    if (condition === undefined) throw new Error(`plan indicator ${version.key}: it has no condition`);
    planned.push({ version, needs: factNeeds(condition) });
  }
  return planned;
}

export async function neededFacts(
  { versions }: { versions: IndicatorVersions },
  tx: Tx,
  chunk: { indicatorId: string; indicatorVersion: number },
): Promise<FactNeeds | undefined> {
  const { definition } = await versions.get(tx, chunk.indicatorId, chunk.indicatorVersion);
  return definition.condition === undefined ? undefined : factNeeds(definition.condition);
}
