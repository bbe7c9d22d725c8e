import { fromBinary } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { HopState } from "@dozor/proto/monitoring/v1/trace";
import { EvidenceSchema, VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import type { DirectoryEntry } from "@dozor/proto/tracking/v1/tracking";
import { isUnavailable } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { type HeldVersion, hopState } from "../../domain/hop-state.ts";
import {
  listNewestVerdicts,
  listProjectedVersions,
  type ProjectedVersion,
  type TracedVerdictRow,
} from "../../store/trace.ts";

/** An asset with the snapshot that everybody should have; `target` is undefined while none was made, `event` when registry does not answer. */
export type TracedTarget = {
  assetId: string;
  externalId: string;
  target: HeldVersion | undefined;
  event: { eventId: string; pending: boolean; unpublished: boolean; publishedAt?: Timestamp | undefined } | undefined;
};

const runsMax = 3;

/** How the event, monitoring's projection and tracking's directory of each asset stand. Without a known target every held version is called unreachable. */
export async function traceAssets(
  { database, tracking }: Pick<Context, "database" | "tracking">,
  targets: readonly TracedTarget[],
  isTargetKnown: boolean,
  signal: AbortSignal,
) {
  const assetIds = targets.map(({ assetId }) => assetId);
  if (assetIds.length === 0) return [];
  const [projected, directory, verdicts] = await Promise.all([
    listProjectedVersions(database.sql, assetIds),
    askTracking(tracking, assetIds, signal),
    listNewestVerdicts(database.sql, assetIds, runsMax),
  ]);
  const stateOf = (target: HeldVersion | undefined, held: HeldVersion | undefined) =>
    isTargetKnown ? hopState(target, held) : HopState.UNREACHABLE;
  return targets.map(({ assetId, externalId, target, event }) => {
    const mine = projected.find((each) => each.assetId === assetId);
    const held = mine && { version: BigInt(mine.version), contentHash: mine.contentHash };
    const entry = directory?.find((each) => each.assetId === assetId);
    return {
      assetId,
      externalId,
      targetVersion: target?.version ?? 0n,
      targetHash: target?.contentHash ?? new Uint8Array(),
      event: eventHop(target, event),
      monitoring: { state: stateOf(target, held), ...projectionOf(mine) },
      tracking: {
        state: directory === undefined ? HopState.UNREACHABLE : stateOf(target, entry && { version: entry.version }),
        version: entry?.version ?? 0n,
        ...(entry?.appliedAt === undefined ? {} : { appliedAt: entry.appliedAt }),
      },
      runs: runsOf(verdicts.filter((verdict) => verdict.assetId === assetId)),
    };
  });
}

/** undefined when tracking does not answer. */
async function askTracking(
  tracking: Context["tracking"],
  assetIds: string[],
  signal: AbortSignal,
): Promise<DirectoryEntry[] | undefined> {
  try {
    return (await tracking.listDirectoryEntries({ assetIds }, { signal })).entries;
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}

function eventHop(target: HeldVersion | undefined, event: TracedTarget["event"]) {
  if (event === undefined) return { state: HopState.UNREACHABLE };
  const { eventId, pending, unpublished, publishedAt } = event;
  const isLate = pending || unpublished;
  const state = target === undefined ? HopState.MISSING : isLate ? HopState.BEHIND : HopState.EQUAL;
  return { state, eventId, ...(publishedAt === undefined ? {} : { publishedAt }) };
}

function projectionOf(row: ProjectedVersion | undefined) {
  if (row === undefined) return { version: 0n };
  return { version: BigInt(row.version), contentHash: row.contentHash, appliedAt: timestampFromDate(row.appliedAt) };
}

function runsOf(verdicts: readonly TracedVerdictRow[]) {
  return [...Map.groupBy(verdicts, ({ runId }) => runId)].map(([runId, ofRun]) => ({
    runId,
    businessDate: ofRun[0]?.businessDate ?? "",
    verdicts: ofRun.map(({ indicatorKey, result, unknownReason, evidence }) => ({
      indicatorKey,
      result: result === "violated" ? VerdictResult.VIOLATED : VerdictResult.UNKNOWN,
      unknownReason,
      assetVersion: evidence === null ? 0n : fromBinary(EvidenceSchema, evidence).assetVersion,
    })),
  }));
}
