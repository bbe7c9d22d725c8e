import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { Dimension, ReportKind } from "@dozor/proto/monitoring/v1/report";
import { TaskOutcome } from "@dozor/proto/monitoring/v1/task";
import { NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { assetFacts, dayMs, silentFacts } from "./support/asset-facts.ts";
import { assetIdOf, assetSnapshot, lesseeId } from "./support/asset-snapshots.ts";
import { startMonitoring, today } from "./support/monitoring.ts";
import { runDay } from "./support/run-day.ts";

// Instances come up and runs go round on a machine that is shared with other tests.
setDefaultTimeout(60_000);

const monitoring = await startMonitoring();
afterAll(() => monitoring[Symbol.asyncDispose]());
const { sql, clock, tracking } = monitoring;
const analyst = monitoring.as("analyst", "anna");
const lead = monitoring.as("lead", "lena");

async function expectEqualToRecount(): Promise<void> {
  const differences = await sql`
    (select 'report' as side, * from report_now except select 'report', * from report_recount())
    union all (select 'recount', * from report_recount() except select 'recount', * from report_now)`;
  expect([...differences]).toEqual([]);
}

test("the report equals a recount after any operations in any order", async () => {
  const seed = Number(process.env.DOZOR_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`report.test.ts: DOZOR_TEST_SEED=${seed}`);
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const versions = new Map<number, bigint>();
  const kinds = [NomenclatureKind.TRUCK, NomenclatureKind.BUS, NomenclatureKind.SHIP];
  const change = async () => {
    const snapshots = Array.from({ length: 12 }, () => {
      const n = 1 + Math.floor(random() * 40);
      const version = (versions.get(n) ?? 0n) + 1n;
      versions.set(n, version);
      const usual = assetSnapshot(n, { version, deleted: random() < 0.1 });
      if (usual.nomenclature !== undefined) usual.nomenclature.kind = pick(kinds);
      if (usual.contract?.agreedLocation !== undefined)
        usual.contract.agreedLocation.regionCode = pick(["RU-OMS", "RU-NVS", ""]);
      if (usual.lessee !== undefined) usual.lessee.id = pick([lesseeId, "aaaaaaaa-0000-4000-8000-000000000002"]);
      return usual;
    });
    await monitoring.applyAssets(snapshots);
  };
  const run = async () => {
    clock.advance(dayMs);
    for (let n = 1; n <= 40; n++) {
      const id = assetIdOf(n);
      if (random() < 0.1) tracking.facts.delete(id);
      else if (random() < 0.5) tracking.facts.set(id, silentFacts(id, clock.now(), Math.floor(random() * 12)));
      else tracking.facts.set(id, assetFacts(id, clock.now()));
    }
    await runDay(monitoring);
  };
  const work = async () => {
    const { tasks } = await analyst.tasks.listTasks({ pageSize: 500 });
    for (const { taskId, version } of tasks) {
      const transitions = [
        () => analyst.tasks.claimTask({ taskId, version }),
        () => lead.tasks.assignTask({ taskId, version, assignee: pick(["anna", "boris"]) }),
        () => lead.tasks.releaseTask({ taskId, version }),
        () => lead.tasks.resolveTask({ taskId, version, outcome: TaskOutcome.FALSE_POSITIVE, note: "x" }),
        () => lead.tasks.reopenTask({ taskId, version, reason: "x" }),
        () => lead.tasks.closeTask({ taskId, version }),
      ];
      // Half of them are not allowed where the task stands, which is part of the mixture.
      await pick(transitions)().catch((error) => expect(ConnectError.from(error).code).not.toBe(Code.Internal));
    }
  };
  const fold = () => monitoring.service.runNow("fold-report");
  await change();
  await run();
  for (let step = 0; step < 25; step++) {
    await pick([change, change, run, work, work, fold])();
    await expectEqualToRecount();
  }
});

test("changes that cross each other in two transactions are all counted", async () => {
  await monitoring.applyAssets(Array.from({ length: 30 }, (_, index) => assetSnapshot(200 + index)));
  const ids = Array.from({ length: 30 }, (_, index) => assetIdOf(200 + index));
  await Promise.all([
    ...ids.map((id) =>
      sql`insert into task (task_id, asset_id, state, severity, created_on, created_at, updated_at)
          values (gen_random_uuid(), ${id}, 'open', 1, ${today}, now(), now())`.execute(),
    ),
    ...ids.map((id) => sql`update asset set agreed_region = 'RU-TOM' where asset_id = ${id}`.execute()),
  ]);
  await Promise.all(
    ids.flatMap((id) => [
      ...["a", "b"].map((key) =>
        sql`insert into task_violation
            select task_id, gen_random_uuid(), ${key}, ${key}, 1, 1, now(), gen_random_uuid(), ${today}, '', true, ${today}
            from task where asset_id = ${id}`.execute(),
      ),
      sql`update asset set lessor_id = gen_random_uuid() where asset_id = ${id}`.execute(),
    ]),
  );
  await expectEqualToRecount();
  await sql`delete from task_violation where indicator_key in ('a', 'b')`;
  await sql`delete from task where created_on = ${today} and asset_id = any(${ids}::uuid[])`;
  await expectEqualToRecount();
});

test("a summary names its rows, and the assets behind each number can be listed", async () => {
  const viewer = monitoring.as("viewer").reports;
  for (const dimension of [
    Dimension.LESSOR,
    Dimension.LESSEE,
    Dimension.REGION,
    Dimension.KIND,
    Dimension.INDICATOR,
    Dimension.TASK_STATE,
    Dimension.ASSIGNEE,
    Dimension.WATCH_REASON,
    Dimension.AGE,
    Dimension.TOTAL,
  ]) {
    const { rows, total, rowCount } = await viewer.getSummary({ dimension });
    expect(rowCount).toBe(rows.length);
    expect(total?.assetCount).toBeGreaterThan(0n);
    for (const row of rows) {
      const { assets } = await viewer.listReportAssets({ dimension, key: row.key, pageSize: 500 });
      expect(`${dimension} ${row.key} ${assets.length}`).toBe(`${dimension} ${row.key} ${row.assetCount}`);
      expect(BigInt(assets.filter((asset) => asset.watched).length)).toBe(row.watchedAssetCount);
      expect(BigInt(assets.filter((asset) => asset.taskId !== "").length)).toBe(row.taskCount);
    }
  }
  const { rows: lessees } = await viewer.getSummary({ dimension: Dimension.LESSEE });
  expect(lessees.find((row) => row.key === lesseeId)?.label).toBe("ООО Ромашка");
  const { rows: indicators } = await viewer.getSummary({ dimension: Dimension.INDICATOR });
  expect(indicators.find((row) => row.key === "no_contact")?.label).toBe("Нет связи с трекером");
});

test("a drill-down is paged in asset id order", async () => {
  const viewer = monitoring.as("viewer").reports;
  const seen: string[] = [];
  let pageToken = "";
  do {
    const page = await viewer.listReportAssets({ dimension: Dimension.TOTAL, pageSize: 9, pageToken });
    seen.push(...page.assets.map((asset) => asset.assetId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  const { total } = await viewer.getSummary({ dimension: Dimension.TOTAL });
  expect(BigInt(seen.length)).toBe(total?.assetCount ?? -1n);
  expect(seen).toEqual([...new Set(seen)].sort());
});

test("the report of a past date is what it was when the run of that date ended", async () => {
  clock.advance(30 * dayMs);
  const run = await runDay(monitoring);
  const viewer = monitoring.as("viewer").reports;
  const kept = await viewer.getSummary({ dimension: Dimension.KIND });
  await monitoring.applyAssets([assetSnapshot(300), assetSnapshot(301)]);
  const past = await viewer.getSummary({ dimension: Dimension.KIND, asOfDate: run.businessDate });
  expect(past.rows).toEqual(kept.rows);
  expect(past.total).toEqual(kept.total as never);
  expect((await viewer.getSummary({ dimension: Dimension.KIND })).total).not.toEqual(kept.total as never);
  const code = (error: unknown) => ConnectError.from(error).code;
  expect(await viewer.getSummary({ dimension: Dimension.KIND, asOfDate: "2020-01-01" }).catch(code)).toBe(
    Code.NotFound,
  );
});

async function csvOf(request: { kind: ReportKind; dimension?: Dimension; language?: string }): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const { chunk } of monitoring.as("viewer", "vera").reports.exportReport(request)) {
    expect(chunk.length).toBeLessThanOrEqual(64 * 1024);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString("utf8");
}

test("the export opens in Russian Excel, guards formulas and is kept as an audit event", async () => {
  const evil = assetSnapshot(400, { description: '=HYPERLINK("http://evil")', vin: "-1+1" });
  await monitoring.applyAssets([evil]);
  tracking.facts.set(assetIdOf(400), silentFacts(assetIdOf(400), clock.now(), 9));
  clock.advance(dayMs);
  await runDay(monitoring);
  const csv = await csvOf({ kind: ReportKind.TASKS });
  expect(csv.startsWith("\uFEFFНомер;Состояние;Важность;")).toBe(true);
  expect(csv).toContain(`;"'=HYPERLINK(""http://evil"")";'-1+1;`);
  const lines = csv.split("\r\n");
  expect(lines.at(-1)).toBe("");
  const [active] = await sql<{ count: number }[]>`
    select count(*) as count from task where state in ('open', 'in_progress', 'snoozed')`;
  expect(lines.length - 2).toBe(active?.count ?? -1);
  const summary = await csvOf({ kind: ReportKind.SUMMARY, dimension: Dimension.INDICATOR, language: "en" });
  expect(summary).toContain("Key;Name;Assets;Watched;Tasks;Violations\r\n");
  expect(summary).toContain("no_contact;Нет связи с трекером;");
  const audit = await sql<{ actor: string; objectId: string }[]>`
    select actor, object_id as "objectId" from audit_event where action = 'report.export' order by event_id`;
  expect([...audit]).toEqual([
    { actor: "vera", objectId: "tasks" },
    { actor: "vera", objectId: "indicator" },
  ]);
});

/** Mulberry32: small, fast and the same everywhere for a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
