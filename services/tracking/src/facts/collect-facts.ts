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
import { groupedByAsset } from "../geography/update-visits.ts";
import { ambiguousAssets, knownAssets, mileages, type SittingFactRow, sittingsOfAssets } from "../store/facts.ts";
import { providerStates } from "../store/provider-state.ts";
import { newestAsOf } from "../store/sitting-state.ts";
import { fixMessage, newestOf, optionalTimestamp, regionFix, zoneFix } from "./messages.ts";
import { isHealthy } from "./provider-health.ts";
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
  const sittings = groupedByAsset(await sittingsThen(db, assetIds, asOf));
  const withoutDevice = [...known].filter((id) => !sittings.get(id)?.some((sitting) => sitting.isPresent));
  const ambiguous = await ambiguousAssets(db, withoutDevice, asOf);
  const states = await providerStates(db);
  const healthy = new Set(
    states.filter((state) => isHealthy(state, asOf, context.healthToleranceMs)).map((state) => state.name),
  );
  const devicesKnown = states.some((state) => state.devicesCompleteAt !== null);
  const zones = await zonePresences(db, context.geography, assetIds, lateAssets(sittings), asOf, question.zoneIds);
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

/** Sittings with the newest of each as it was known then. */
async function sittingsThen(db: Queryable, assetIds: readonly string[], asOf: Date): Promise<SittingFactRow[]> {
  const rows = await sittingsOfAssets(db, assetIds, asOf);
  const lateNos = rows.filter((row) => row.isLate).map((row) => row.sitting_no);
  const then = new Map((await newestAsOf(db, lateNos, asOf)).map((row) => [row.sitting_no, row]));
  return rows.map((row) => ({ ...row, ...then.get(row.sitting_no) }));
}

function lateAssets(sittings: ReadonlyMap<string, readonly SittingFactRow[]>): Set<string> {
  return new Set([...sittings].filter(([, rows]) => rows.some((row) => row.isLate)).map(([assetId]) => assetId));
}

function availabilityOf(
  isKnown: boolean,
  sittings: readonly SittingFactRow[],
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
  sittings: ReadonlyMap<string, readonly SittingFactRow[]>,
): Promise<Map<string, MileageFact>> {
  const deviceIds = new Map<string, string>();
  const questions = assets.flatMap(({ assetId, mileageFrom }) => {
    const newest = (sittings.get(assetId) ?? []).filter((sitting) => sitting.isPresent).sort(byNewestContact)[0];
    if (newest === undefined || newest.last_contact_at === null) return [];
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

function byNewestContact(a: SittingFactRow, b: SittingFactRow): number {
  const never = Number.NEGATIVE_INFINITY;
  const newestFirst = (b.last_contact_at?.getTime() ?? never) - (a.last_contact_at?.getTime() ?? never);
  return newestFirst || a.deviceNo - b.deviceNo;
}

function assetFacts(
  assetId: string,
  sittings: readonly SittingFactRow[],
  availability: Availability,
  { regionPosition, zonePosition }: FactsQuestion,
  zones: ZonePresences,
  mileage: MileageFact | undefined,
  devicesKnown: boolean,
): AssetFacts {
  const present = sittings.filter((sitting) => sitting.isPresent).sort(byNewestContact);
  const region = regionPosition ? newestOf(sittings.map((sitting) => regionFix(sitting, sitting))) : undefined;
  const zone = zonePosition ? newestOf(sittings.map((sitting) => zoneFix(sitting, sitting))) : undefined;
  return create(AssetFactsSchema, {
    assetId,
    availability,
    devicesKnown,
    devices: present.map((sitting) => {
      const lastContactAt = optionalTimestamp(sitting.last_contact_at);
      const lastFix = regionFix(sitting, sitting);
      const lastZoneFix = zoneFix(sitting, sitting);
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
