import { Availability } from "@dozor/proto/tracking/v1/facts";
import type { Queryable } from "@dozor/runtime/database";
import { sliced } from "@dozor/runtime/slices";
import type { Context } from "../context.ts";
import type { ZoneFix } from "../domain/zone-visits.ts";
import { ambiguousAssets, knownAssets, mileages } from "../store/facts.ts";
import { providerStates } from "../store/provider-state.ts";
import { queuedAmong } from "../store/visit-queue.ts";
import type { AssetState, Mileage } from "./asset-state.ts";
import { factsThen } from "./facts-then.ts";
import { newestOf } from "./messages.ts";
import { isHealthy } from "./provider-health.ts";
import { type SittingFacts, sittingFacts } from "./sitting-facts.ts";
import { zonePresences } from "./zone-presences.ts";

export type FactsQuestion = {
  assets: readonly { assetId: string; mileageFrom: Date | undefined }[];
  asOf: Date;
  regionPosition: boolean;
  zonePosition: boolean;
  mileage: boolean;
  /** undefined for all zones. */
  zoneIds: readonly string[] | undefined;
};

/** What is known of each asset as of an instant, in the order asked. A handful of statements, however many assets. */
export async function collectFacts(
  db: Queryable,
  context: Pick<Context, "geography" | "healthToleranceMs">,
  question: FactsQuestion,
): Promise<AssetState[]> {
  const { asOf } = question;
  const assetIds = question.assets.map((asset) => asset.assetId);
  const known = await knownAssets(db, assetIds);
  const { sittings, zoneFixes } = await sittingsThen(db, assetIds, asOf);
  const withoutDevice = [...known].filter((id) => !sittings.get(id)?.some((sitting) => sitting.isPresent));
  const ambiguous = await ambiguousAssets(db, withoutDevice, asOf);
  const providers = await providerStates(db);
  const healthy = new Set(
    providers.filter((state) => isHealthy(state, asOf, context.healthToleranceMs)).map((state) => state.name),
  );
  const devicesKnown = providers.some((state) => state.devicesCompleteAt !== null);
  const zones = await zonePresences(db, context.geography, assetIds, question.zoneIds, zoneFixes);
  const mileage = question.mileage ? await mileagesOf(db, question, sittings) : new Map<string, Mileage>();
  const states: AssetState[] = [];
  await sliced(
    assetIds,
    (assetId) => {
      const own = sittings.get(assetId) ?? [];
      const availability = availabilityOf(known.has(assetId), own, healthy, ambiguous.has(assetId));
      states.push({
        assetId,
        availability,
        devices: own.filter((sitting) => sitting.isPresent).sort(byNewestContact),
        regionPosition: question.regionPosition ? newestOf(own.map((sitting) => sitting.regionFix)) : undefined,
        zonePosition: question.zonePosition ? newestOf(own.map((sitting) => sitting.zoneFix)) : undefined,
        zones: zones.get(assetId) ?? [],
        mileage: mileage.get(assetId),
        devicesKnown,
      });
    },
    { label: "collect facts" },
  );
  return states;
}

/**
 * The sittings of each asset as they were known then. What is stored says it for assets of which nothing was told since and whose zone visits are
 * up to date; the others come from history, with the fixes to replay their visits by.
 */
async function sittingsThen(
  db: Queryable,
  assetIds: readonly string[],
  asOf: Date,
): Promise<{ sittings: Map<string, SittingFacts[]>; zoneFixes: ReadonlyMap<string, readonly ZoneFix[]> }> {
  const all = await sittingFacts(db, assetIds, asOf);
  const fromHistory = await queuedAmong(db, assetIds);
  for (const sitting of all) if (sitting.isLate) fromHistory.add(sitting.assetId);
  const isStored = (sitting: SittingFacts) => !fromHistory.has(sitting.assetId);
  const begun = all.filter((sitting) => sitting.isBegun);
  const then = await factsThen(
    db,
    begun.filter((sitting) => !isStored(sitting)),
    asOf,
  );
  const zoneFixes = new Map<string, readonly ZoneFix[]>([...fromHistory].map((assetId) => [assetId, []]));
  for (const [assetId, fixes] of then.zoneFixes) zoneFixes.set(assetId, fixes);
  return {
    sittings: Map.groupBy([...begun.filter(isStored), ...then.sittings], (sitting) => sitting.assetId),
    zoneFixes,
  };
}

function availabilityOf(
  isKnown: boolean,
  sittings: readonly SittingFacts[],
  healthy: ReadonlySet<string>,
  isAmbiguous: boolean,
): Availability {
  if (!isKnown) return Availability.UNKNOWN_ASSET;
  const present = sittings.filter((sitting) => sitting.isPresent);
  if (present.length === 0) return isAmbiguous ? Availability.AMBIGUOUS_IDENTITY : Availability.NO_DEVICE;
  return present.some((sitting) => healthy.has(sitting.provider)) ? Availability.OK : Availability.PROVIDER_UNHEALTHY;
}

async function mileagesOf(
  db: Queryable,
  { assets, asOf }: FactsQuestion,
  sittings: ReadonlyMap<string, readonly SittingFacts[]>,
): Promise<Map<string, Mileage>> {
  const deviceIds = new Map<string, string>();
  const questions = assets.flatMap(({ assetId, mileageFrom }) => {
    const newest = (sittings.get(assetId) ?? []).filter((sitting) => sitting.isPresent).sort(byNewestContact)[0];
    if (newest === undefined || newest.lastContactAt === undefined) return [];
    deviceIds.set(assetId, newest.deviceId);
    const fromAt = mileageFrom !== undefined && mileageFrom > newest.fromAt ? mileageFrom : newest.fromAt;
    return [{ assetId, deviceNo: newest.deviceNo, fromAt, toAt: asOf }];
  });
  const rows = await mileages(db, questions);
  return new Map(rows.map((row) => [row.assetId, { ...row, deviceId: deviceIds.get(row.assetId) ?? "" }]));
}

function byNewestContact(a: SittingFacts, b: SittingFacts): number {
  const never = Number.NEGATIVE_INFINITY;
  const newestFirst = (b.lastContactAt?.getTime() ?? never) - (a.lastContactAt?.getTime() ?? never);
  return newestFirst || a.deviceNo - b.deviceNo;
}
