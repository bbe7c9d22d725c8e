import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { Membership } from "@dozor/proto/monitoring/v1/condition";
import { DefinitionSchema, type Indicator, IndicatorState, Severity } from "@dozor/proto/monitoring/v1/indicator";
import { VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import { NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { indicatorKinds } from "../src/domain/indicator-kinds.ts";
import { assetFacts, silentFacts } from "./support/asset-facts.ts";
import { assetIdOf, assetSnapshot } from "./support/asset-snapshots.ts";
import { now, startMonitoring } from "./support/monitoring.ts";
import { runDay } from "./support/run-day.ts";

// Instances come up and runs go round on a machine that is shared with other tests.
setDefaultTimeout(60_000);

const monitoring = await startMonitoring();
afterAll(() => monitoring[Symbol.asyncDispose]());
const analyst = monitoring.as("analyst", "anna").indicators;
const codeOf = (error: unknown) => ConnectError.from(error).code;

const definition = (change: MessageInitShape<typeof DefinitionSchema> = {}) =>
  create(DefinitionSchema, {
    name: "Молчит пять суток",
    severity: Severity.HIGH,
    condition: { kind: { case: "noContact", value: { days: 5 } } },
    ...(change as object),
  });
const inZone = (zoneId: string, kinds: NomenclatureKind[] = []) =>
  definition({
    scope: { kinds },
    name: "В запретной зоне",
    condition: { kind: { case: "zone", value: { membership: Membership.IN, zoneIds: [zoneId] } } },
  });
const must = (answer: { indicator?: Indicator | undefined }): Indicator => {
  if (answer.indicator === undefined) throw new Error("the answer has no indicator");
  return answer.indicator;
};
const etag = ({ indicatorId, version }: Indicator) => ({ indicatorId, version });

test("a fresh installation has the ten default indicators, published once", async () => {
  const { indicators } = await analyst.listIndicators({});
  expect(indicators.map((indicator) => indicator.key)).toEqual([
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
  expect(indicators.every((each) => each.state === IndicatorState.PUBLISHED && each.publishedVersion === 1)).toBe(true);
});

test("every kind of condition is described with its parameters", async () => {
  const { kinds } = await analyst.listIndicatorKinds({});
  expect(kinds.map((kind) => kind.kind)).toEqual(indicatorKinds.map((kind) => kind.kind));
  const fields = new Map(
    definition().condition === undefined
      ? []
      : DefinitionSchema.field.condition.message?.fields.map((field) => [
          field.name,
          field.message?.fields.map((each) => each.name),
        ]),
  );
  for (const { kind, parameters } of kinds) expect(parameters.map((each) => each.name)).toEqual(fields.get(kind) ?? []);
});

test("an indicator goes from draft to published versions to the archive, and published ones never change", async () => {
  const requestId = crypto.randomUUID();
  const request = { key: "silent_five_days", definition: definition(), requestId };
  let indicator = must(await analyst.createIndicator(request));
  expect(must(await analyst.createIndicator(request)).indicatorId).toBe(indicator.indicatorId);
  expect(await analyst.createIndicator({ ...request, requestId: crypto.randomUUID() }).catch(codeOf)).toBe(
    Code.AlreadyExists,
  );
  expect(indicator).toMatchObject({ state: IndicatorState.DRAFT, version: 1n, publishedVersion: 0, updatedBy: "anna" });
  const first = indicator;
  indicator = must(await analyst.publishIndicator(etag(indicator)));
  expect(await analyst.updateIndicator({ ...etag(first), definition: definition() }).catch(codeOf)).toBe(Code.Aborted);
  indicator = must(await analyst.updateIndicator({ ...etag(indicator), definition: definition({ name: "Молчит" }) }));
  expect(indicator).toMatchObject({
    state: IndicatorState.PUBLISHED,
    draft: { name: "Молчит" },
    published: { name: "Молчит пять суток" },
  });
  indicator = must(await analyst.publishIndicator(etag(indicator)));
  expect(indicator).toMatchObject({ publishedVersion: 2, published: { name: "Молчит" } });
  const { versions } = await analyst.getIndicator({ indicatorId: indicator.indicatorId });
  expect(versions.map((each) => [each.version, each.definition?.name])).toEqual([
    [2, "Молчит"],
    [1, "Молчит пять суток"],
  ]);
  const { sql } = monitoring;
  expect(
    sql`update indicator_version set published_by = 'x' where indicator_id = ${indicator.indicatorId}`.execute(),
  ).rejects.toThrow(/does not change/);
  await analyst.archiveIndicator(etag(indicator));
  const keys = async (includeArchived: boolean) =>
    (await analyst.listIndicators({ includeArchived })).indicators.map((each) => each.key);
  expect(await keys(false)).not.toContain("silent_five_days");
  expect(await keys(true)).toContain("silent_five_days");
  const actions = await sql<{ action: string }[]>`
    select action from audit_event where object_id = ${indicator.indicatorId} order by event_id`;
  expect(actions.map((row) => row.action)).toEqual([
    "indicator.create",
    "indicator.publish",
    "indicator.update",
    "indicator.publish",
    "indicator.archive",
  ]);
});

test("a definition with unknown zones or regions is told so and cannot be published", async () => {
  const zoneId = crypto.randomUUID();
  const { problems } = await analyst.validateIndicator({ definition: inZone(zoneId) });
  expect(problems.map(({ field, code }) => `${field} ${code}`)).toContain("condition.zone.zone_ids[0] unknown_zone");
  const region = { membership: Membership.IN, regionCodes: ["RU-OMS", "RU-XYZ"] };
  const inNowhere = definition({ condition: { kind: { case: "region", value: region } } });
  const answer = await analyst.validateIndicator({ definition: inNowhere });
  expect(answer.problems.map(({ field, code }) => `${field} ${code}`)).toContain(
    "condition.region.region_codes[1] unknown_region",
  );
  const draft = must(
    await analyst.createIndicator({ key: "in_lost_zone", definition: inZone(zoneId), requestId: crypto.randomUUID() }),
  );
  expect(await analyst.publishIndicator(etag(draft)).catch(codeOf)).toBe(Code.FailedPrecondition);
  expect(
    await analyst
      .createIndicator({ key: "Bad Key", definition: definition(), requestId: crypto.randomUUID() })
      .catch(codeOf),
  ).toBe(Code.InvalidArgument);
});

test("a zone indicator judges with the names its zones had when it was published, in its scope only", async () => {
  const zoneId = crypto.randomUUID();
  const { others, tracking } = monitoring;
  others.zones.set(zoneId, { name: "Запретная: порт", archived: false });
  const bus = assetSnapshot(2);
  if (bus.nomenclature !== undefined) bus.nomenclature.kind = NomenclatureKind.BUS;
  await monitoring.applyAssets([assetSnapshot(1), bus, assetSnapshot(3)]);
  for (const n of [1, 2, 3]) {
    const id = assetIdOf(n);
    tracking.facts.set(id, assetFacts(id, now, n === 3 ? {} : { zones: [{ zoneId, zoneVersion: 1n }] }));
  }
  const scoped = inZone(zoneId, [NomenclatureKind.TRUCK]);
  const { assetCount, problems } = await analyst.validateIndicator({ definition: scoped });
  expect({ assetCount, problems }).toEqual({ assetCount: 2n, problems: [] });
  const draft = must(
    await analyst.createIndicator({ key: "in_port", definition: scoped, requestId: crypto.randomUUID() }),
  );
  const published = must(await analyst.publishIndicator(etag(draft)));
  const zone = others.zones.get(zoneId);
  if (zone !== undefined) zone.name = "Порт, теперь можно";
  const run = await runDay(monitoring);
  expect(run.countsByIndicator.in_port).toMatchObject({ planned: 2n, violated: 1n, clear: 1n });
  expect(tracking.requests.at(-1)?.select?.zoneIds).toEqual([zoneId]);
  const { verdicts } = await monitoring
    .as("viewer")
    .runs.listVerdicts({ runId: run.runId, indicatorId: published.indicatorId });
  expect(verdicts.map((verdict) => [verdict.assetId, verdict.result])).toEqual([
    [assetIdOf(1), VerdictResult.VIOLATED],
    [assetIdOf(3), VerdictResult.CLEAR],
  ]);
  expect(verdicts[0]?.evidence).toMatchObject({
    zoneNames: ["Запретная: порт"],
    facts: { zones: [{ zoneId, zoneVersion: 1n }] },
  });
});

test("a dry run says what a definition says of one asset now and writes nothing", async () => {
  await monitoring.applyAssets([assetSnapshot(50), assetSnapshot(51, { deleted: true })]);
  monitoring.others.tracked.set(assetIdOf(50), silentFacts(assetIdOf(50), now, 6));
  const [before] =
    await monitoring.sql`select (select count(*) from verdict) as verdicts, (select count(*) from task) as tasks`;
  const dry = await analyst.dryRunIndicator({ definition: definition(), assetId: assetIdOf(50) });
  expect(dry).toMatchObject({
    watched: true,
    inScope: true,
    verdict: { result: VerdictResult.VIOLATED, evidence: { limit: 5 } },
  });
  expect(dry.verdict?.evidence?.measured).toBeCloseTo(6, 5);
  const unheardOf = await analyst.dryRunIndicator({ definition: definition(), assetId: assetIdOf(51) });
  expect(unheardOf).toMatchObject({
    watched: false,
    verdict: { result: VerdictResult.UNKNOWN, unknownReason: "unknown_asset" },
  });
  expect(await analyst.dryRunIndicator({ definition: definition(), assetId: crypto.randomUUID() }).catch(codeOf)).toBe(
    Code.NotFound,
  );
  const [after] =
    await monitoring.sql`select (select count(*) from verdict) as verdicts, (select count(*) from task) as tasks`;
  expect(after).toEqual(before as never);
});

test("only analysts and leads may make indicators", async () => {
  for (const role of ["viewer", "operator", "integration_admin", "service"] as const) {
    const { indicators } = monitoring.as(role);
    const request = { key: "not_mine", definition: definition(), requestId: crypto.randomUUID() };
    expect(await indicators.createIndicator(request).catch(codeOf)).toBe(Code.PermissionDenied);
    expect((await indicators.listIndicators({})).indicators.length).toBeGreaterThan(9);
  }
});
