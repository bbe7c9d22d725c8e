import { expect, setDefaultTimeout, test } from "bun:test";
import { assetSnapshot } from "./support/asset-snapshots.ts";
import { startMonitoring } from "./support/monitoring.ts";

// The clocks of Moscow do not change, those of other business time zones do. The daily run is due at half past two: a time that one night in spring does
// not have, and one night in autumn has twice.

setDefaultTimeout(120_000);

const stepMs = 30 * 60_000;
const nights = [
  {
    night: "in spring, when half past two does not exist",
    noons: ["2026-03-28T11:00:00Z", "2026-03-30T10:00:00Z"],
    // Three in summer time follows two in winter time, and is when this night is as late as half past two.
    openedAt: { "2026-03-29": "2026-03-29T01:00:00.000Z", "2026-03-30": "2026-03-30T00:30:00.000Z" },
  },
  {
    night: "in autumn, when half past two comes twice",
    noons: ["2026-10-24T10:00:00Z", "2026-10-26T11:00:00Z"],
    openedAt: { "2026-10-25": "2026-10-25T00:30:00.000Z", "2026-10-26": "2026-10-26T01:30:00.000Z" },
  },
] as const;

for (const { night, noons, openedAt } of nights) {
  test(`two instances make exactly one run of every date over the night ${night}`, async () => {
    const [from, to] = noons.map((noon) => Date.parse(noon)) as [number, number];
    await using monitoring = await startMonitoring({
      instances: 2,
      at: new Date(from),
      env: { DOZOR_BUSINESS_TIME_ZONE: "Europe/Berlin", MONITORING_DAILY_RUN_CRON: "30 2 * * *" },
    });
    const { clock, services, sql } = monitoring;
    await monitoring.applyAssets([assetSnapshot(1)]);
    await sql`update watch_rule set made_at = ${new Date(from)}`;
    for (let atMs = from, turn = 0; atMs <= to; atMs += stepMs, turn += 1) {
      clock.set(new Date(atMs));
      await services[turn % 2]?.runNow("start-daily-run");
      await services[(turn + 1) % 2]?.runNow("start-daily-run");
    }
    await monitoring.service.runNow("drive-runs", AbortSignal.timeout(30_000));
    const runs = await sql<{ date: string; startedAt: Date; state: string }[]>`
      select business_date as date, started_at as "startedAt", state from run order by business_date
    `;
    expect(Object.fromEntries(runs.map(({ date, startedAt }) => [date, startedAt.toISOString()]))).toEqual(openedAt);
    expect(runs.map(({ state }) => state)).toEqual(["completed", "completed"]);
  });
}
