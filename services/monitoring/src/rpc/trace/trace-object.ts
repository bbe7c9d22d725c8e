import type { ServiceImpl } from "@connectrpc/connect";
import { HopState, type TraceObjectRequest, type TraceService } from "@dozor/proto/monitoring/v1/trace";
import type { TracedSnapshot, TraceEntityResponse } from "@dozor/proto/registry/v1/registry";
import { QuarantineState } from "@dozor/proto/registry/v1/source";
import { isUnavailable, notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { worstState } from "../../domain/hop-state.ts";
import { type TracedTarget, traceAssets } from "./trace-assets.ts";

export function traceObject(
  context: Pick<Context, "database" | "registry" | "tracking">,
): ServiceImpl<typeof TraceService>["traceObject"] {
  return async (request, { signal }) => {
    const entity = await askRegistry(context, request, signal);
    // Without registry the projection may still know an asset by its id.
    const targets = entity?.snapshots.map(targetOf) ?? assetNamedBy(request);
    const assets = await traceAssets(context, targets, entity !== undefined, signal);
    if (entity === undefined && assets.every(({ monitoring }) => monitoring.version === 0n))
      throw notFound("the object", request.entityId || `${request.externalId} of ${request.source}`);
    const entityState = entity === undefined ? HopState.UNREACHABLE : entityStateOf(entity);
    const hops = assets.flatMap(({ event, monitoring, tracking }) => [event.state, monitoring.state, tracking.state]);
    const state = worstState([entityState, ...hops]);
    return {
      ...targetOfEntity(entity, entityState),
      state,
      summary: summaryOf(entityState, assets),
      entityState,
      ...(entity === undefined ? {} : { entity }),
      assets,
      moreAssets: entity?.moreSnapshots ?? false,
    };
  };
}

/** undefined when registry does not answer. */
async function askRegistry(
  { registry }: Pick<Context, "registry">,
  { entityId, source, externalId }: TraceObjectRequest,
  signal: AbortSignal,
): Promise<TraceEntityResponse | undefined> {
  try {
    return await registry.traceEntity({ entityId, source, externalId }, { signal });
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}

function targetOf({ assetId, externalId, version, contentHash, ...event }: TracedSnapshot): TracedTarget {
  const target = version === 0n ? undefined : { version, contentHash };
  return { assetId, externalId, target, event };
}

function assetNamedBy({ entityId }: TraceObjectRequest): TracedTarget[] {
  return entityId === "" ? [] : [{ assetId: entityId, externalId: "", target: undefined, event: undefined }];
}

function entityStateOf({ version, quarantineState }: TraceEntityResponse): HopState {
  if (quarantineState === QuarantineState.OPEN) return version === 0n ? HopState.MISSING : HopState.BEHIND;
  return version === 0n ? HopState.MISSING : HopState.EQUAL;
}

function targetOfEntity(entity: TraceEntityResponse | undefined, state: HopState) {
  if (entity === undefined) return { targetSourceVersion: "", targetVersion: 0n };
  if (state === HopState.EQUAL) return { targetSourceVersion: entity.sourceVersion, targetVersion: entity.version };
  return { targetSourceVersion: entity.quarantinedSourceVersion, targetVersion: 0n };
}

function summaryOf(entityState: HopState, assets: Awaited<ReturnType<typeof traceAssets>>): string {
  if (entityState === HopState.UNREACHABLE) return "registry does not answer";
  if (entityState === HopState.MISSING) return "no record of it was accepted by registry";
  if (entityState === HopState.BEHIND) return "its newest record is refused and lies in quarantine";
  const parts = (["event", "monitoring", "tracking"] as const).flatMap((part) => {
    const wrong = assets.filter((asset) => asset[part].state !== HopState.EQUAL);
    return wrong.length === 0
      ? []
      : [`${part}: ${[...new Set(wrong.map((asset) => wordOf[asset[part].state]))].join(", ")}`];
  });
  return parts.length === 0 ? "everybody has the target version" : parts.join("; ");
}

const wordOf: Record<HopState, string> = {
  [HopState.UNSPECIFIED]: "not known",
  [HopState.EQUAL]: "equal",
  [HopState.BEHIND]: "behind",
  [HopState.MISSING]: "missing",
  [HopState.UNREACHABLE]: "unreachable",
  [HopState.DIFFERENT]: "different",
};
