import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type AssetFacts,
  AssetFactsSchema,
  Availability,
  type MileageFact,
  MileageFactSchema,
} from "@dozor/proto/tracking/v1/facts";
import type { Queryable } from "@dozor/runtime/database";
import { sliced } from "@dozor/runtime/slices";
import type { Context } from "../context.ts";
import type { ZoneFix } from "../domain/zone-visits.ts";
import { ambiguousAssets, knownAssets, mileages } from "../store/facts.ts";
import { providerStates } from "../store/provider-state.ts";
import { queuedAmong } from "../store/visit-queue.ts";
import { factsThen } from "./facts-then.ts";
import { fixMessage, newestOf, optionalTimestamp } from "./messages.ts";
import { isHealthy } from "./provider-health.ts";
import { type SittingFacts, sittingFacts } from "./sitting-facts.ts";
import { type ZonePresences, zonePresences } from "./zone-presences.ts";

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
): Promise<AssetFacts[]> {
  const { asOf } = question;
  const assetIds = question.assets.map((asset) => asset.assetId);
  const known = await knownAssets(db, assetIds);
  const { sittings, zoneFixes } = await sittingsThen(db, assetIds, asOf);
  const withoutDevice = [...known].filter((id) => !sittings.get(id)?.some((sitting) => sitting.isPresent));
  const ambiguous = await ambiguousAssets(db, withoutDevice, asOf);
  const states = await providerStates(db);
  const healthy = new Set(
    states.filter((state) => isHealthy(state, asOf, context.healthToleranceMs)).map((state) => state.name),
  );
  const devicesKnown = states.some((state) => state.devicesCompleteAt !== null);
  const zones = await zonePresences(db, context.geography, assetIds, question.zoneIds, zoneFixes);
  const mileage = question.mileage ? await mileageFacts(db, question, sittings) : new Map<string, MileageFact>();
  const facts: AssetFacts[] = [];
  await sliced(
    assetIds,
    (assetId) => {
      const own = sittings.get(assetId) ?? [];
      const availability = availabilityOf(known.has(assetId), own, healthy, ambiguous.has(assetId));
      facts.push(assetFacts(assetId, own, availability, question, zones, mileage.get(assetId), devicesKnown));
    },
    { label: "collect facts" },
  );
  return facts;
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

async function mileageFacts(
  db: Queryable,
  { assets, asOf }: FactsQuestion,
  sittings: ReadonlyMap<string, readonly SittingFacts[]>,
): Promise<Map<string, MileageFact>> {
  const deviceIds = new Map<string, string>();
  const questions = assets.flatMap(({ assetId, mileageFrom }) => {
    const newest = (sittings.get(assetId) ?? []).filter((sitting) => sitting.isPresent).sort(byNewestContact)[0];
    if (newest === undefined || newest.lastContactAt === undefined) return [];
    deviceIds.set(assetId, newest.deviceId);
    const fromAt = mileageFrom !== undefined && mileageFrom > newest.fromAt ? mileageFrom : newest.fromAt;
    return [{ assetId, deviceNo: newest.deviceNo, fromAt, toAt: asOf }];
  });
  const rows = await mileages(db, questions);
  return new Map(
    rows.map((row) => [
      row.assetId,
      create(MileageFactSchema, {
        deviceId: deviceIds.get(row.assetId) ?? "",
        firstAt: timestampFromDate(row.firstAt),
        lastAt: timestampFromDate(row.lastAt),
        distanceKm: row.distanceKm,
        readingCount: row.readingCount,
      }),
    ]),
  );
}

function byNewestContact(a: SittingFacts, b: SittingFacts): number {
  const never = Number.NEGATIVE_INFINITY;
  const newestFirst = (b.lastContactAt?.getTime() ?? never) - (a.lastContactAt?.getTime() ?? never);
  return newestFirst || a.deviceNo - b.deviceNo;
}

function assetFacts(
  assetId: string,
  sittings: readonly SittingFacts[],
  availability: Availability,
  { regionPosition, zonePosition }: FactsQuestion,
  zones: ZonePresences,
  mileage: MileageFact | undefined,
  devicesKnown: boolean,
): AssetFacts {
  const present = sittings.filter((sitting) => sitting.isPresent).sort(byNewestContact);
  const region = regionPosition ? newestOf(sittings.map((sitting) => sitting.regionFix)) : undefined;
  const zone = zonePosition ? newestOf(sittings.map((sitting) => sitting.zoneFix)) : undefined;
  return create(AssetFactsSchema, {
    assetId,
    availability,
    devicesKnown,
    devices: present.map((sitting) => {
      const lastContactAt = optionalTimestamp(sitting.lastContactAt);
      const { regionFix: lastFix, zoneFix: lastZoneFix } = sitting;
      return {
        deviceId: sitting.deviceId,
        provider: sitting.provider,
        series: sitting.series,
        installedAt: timestampFromDate(sitting.installedAt),
        ...(lastContactAt === undefined ? {} : { lastContactAt }),
        ...(lastFix === undefined ? {} : { lastFix: fixMessage(lastFix) }),
        ...(lastZoneFix === undefined ? {} : { lastZoneFix: fixMessage(lastZoneFix) }),
      };
    }),
    zones: zones.get(assetId) ?? [],
    ...(region === undefined ? {} : { regionPosition: fixMessage(region) }),
    ...(zone === undefined ? {} : { zonePosition: fixMessage(zone) }),
    ...(mileage === undefined ? {} : { mileage }),
  });
}
