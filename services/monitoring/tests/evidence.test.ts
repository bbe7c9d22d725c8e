import { expect, setDefaultTimeout, test } from "bun:test";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Evidence, EvidenceSchema, VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import { startOfBusinessDate } from "../src/domain/business-date.ts";
import { judge } from "../src/domain/judge.ts";
import type { Subject } from "../src/domain/judgement.ts";
import { timestampMs } from "../src/domain/timestamps.ts";
import { assetFacts, dayMs, fixAt, hourMs } from "./support/asset-facts.ts";
import { assetIdOf, assetSnapshot, omsk } from "./support/asset-snapshots.ts";
import { now, startMonitoring } from "./support/monitoring.ts";
import { runDay } from "./support/run-day.ts";

// Instances come up and runs go round on a machine that is shared with other tests.
setDefaultTimeout(60_000);

/** What an auditor has years later: the evidence, and nothing that may have changed since. */
function subjectOf({ asOf, facts, agreed, party }: Evidence): Subject {
  const location = agreed?.latitudeDeg === undefined || agreed.longitudeDeg === undefined ? undefined : agreed;
  return {
    asOfMs: asOf === undefined ? 0 : timestampMs(asOf),
    facts,
    terms: {
      agreedLocation:
        location === undefined
          ? undefined
          : {
              latitudeDeg: location.latitudeDeg ?? 0,
              longitudeDeg: location.longitudeDeg ?? 0,
              radiusKm: location.radiusKm,
            },
      agreedRegion: agreed?.regionCode ?? "",
      plannedMileageKmPerYear: agreed?.plannedMileageKmPerYear,
      handoverAtMs: agreed?.handoverDate
        ? startOfBusinessDate(agreed.handoverDate, "Europe/Moscow").getTime()
        : undefined,
      trackerExpected: agreed?.trackerExpected ?? false,
      lessee:
        party === undefined
          ? undefined
          : { identity: party.identity, found: party.focusInn !== "" || party.focusOgrn !== "", states: party.states },
      lessor: undefined,
    },
  };
}

test("judging the frozen evidence again gives the same verdict, whatever changed in the meantime", async () => {
  await using monitoring = await startMonitoring();
  const bankrupt = {
    id: crypto.randomUUID(),
    name: "ООО Тюльпан",
    identity: CounterpartyIdentity.PREDECESSOR_OR_SUCCESSOR,
    focusInn: "1",
    bankrupting: true,
  };
  await monitoring.applyAssets([assetSnapshot(1, { lessee: bankrupt }), assetSnapshot(2), assetSnapshot(3)]);
  const farAway = { latitudeDeg: 43.32, longitudeDeg: 45.69, regionCode: "RU-CE" };
  const old = new Date(now.getTime() - 9 * dayMs);
  const oldFix = fixAt(old, farAway);
  const device = { deviceId: "x-keeper:1", installedAt: timestampFromDate(new Date(now.getTime() - 90 * dayMs)) };
  monitoring.tracking.facts.set(
    assetIdOf(1),
    assetFacts(assetIdOf(1), now, {
      devices: [
        { ...device, lastContactAt: timestampFromDate(old), lastFix: oldFix, lastZoneFix: oldFix },
        { ...device, deviceId: "x-keeper:2", lastZoneFix: fixAt(new Date(old.getTime() + hourMs), omsk) },
      ],
      regionPosition: oldFix,
      zonePosition: oldFix,
      mileage: {
        deviceId: "x-keeper:1",
        firstAt: timestampFromDate(new Date(now.getTime() - 90 * dayMs)),
        lastAt: timestampFromDate(old),
        distanceKm: 90_000,
        readingCount: 50,
      },
    }),
  );
  monitoring.tracking.facts.set(assetIdOf(2), assetFacts(assetIdOf(2), now));
  const run = await runDay(monitoring);
  await monitoring.applyAssets([assetSnapshot(1, { version: 2n, deleted: true })]);

  const viewer = monitoring.as("viewer");
  const { verdicts } = await viewer.runs.listVerdicts({ runId: run.runId, result: VerdictResult.VIOLATED });
  expect(verdicts.map((verdict) => verdict.indicatorKey).sort()).toEqual([
    "counterparty_dissolved_or_bankrupt",
    "far_from_agreed_location",
    "in_north_caucasus",
    "inn_ogrn_disagree",
    "mileage_over_plan",
    "no_contact",
    "no_fix",
    "outside_agreed_region",
    "tracker_missing",
    "trackers_disagree",
  ]);
  for (const { indicatorId, indicatorVersion, indicatorKey, evidence } of verdicts) {
    const { versions } = await viewer.indicators.getIndicator({ indicatorId });
    const condition = versions.find((each) => each.version === indicatorVersion)?.definition?.condition;
    if (condition === undefined || evidence === undefined)
      throw new Error(`${indicatorKey} has no condition or evidence`);
    const again = judge(condition, subjectOf(evidence));
    expect(`${indicatorKey} ${again.result}`).toBe(`${indicatorKey} violated`);
    if (again.result !== "unknown") expect([again.measured, again.limit]).toEqual([evidence.measured, evidence.limit]);
    expect(fromBinary(EvidenceSchema, toBinary(EvidenceSchema, evidence))).toEqual(evidence);
  }
});
