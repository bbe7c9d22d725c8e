import { Dimension, type SummaryRow } from "@dozor/proto/monitoring/v1/report";
import packageJson from "../../package.json";
import type { PassResult } from "./first-pass.ts";
import type { Finding } from "./invariants/oracle.ts";
import type { Mesh } from "./mesh.ts";
import { type ServiceName, serviceNames } from "./ports.ts";

export type Summary = Awaited<ReturnType<typeof summarize>>;

/** What one pass did, in the words of the services' own public answers; the invariants alone look deeper. */
export async function summarize(
  mesh: Mesh,
  pass: PassResult,
  { startSeconds, invariants }: { startSeconds: number; invariants: Record<string, Finding> },
) {
  const clients = mesh.clients();
  const { counts } = pass.run;
  const seconds = { start: startSeconds, ...pass.seconds };
  const total = Object.values(seconds).reduce((sum, part) => sum + part, 0);
  const [registry, tracking, report] = await Promise.all([registryOf(mesh), trackingOf(mesh), reportOf(mesh)]);
  const { rows: byIndicator } = await clients.reports.getSummary({ dimension: Dimension.INDICATOR, rowLimit: 1000 });
  return {
    registry,
    tracking,
    monitoring: {
      applied: report.total?.assets ?? 0,
      watched: report.total?.watched ?? 0,
      tasks: report.total?.tasks ?? 0,
      run: {
        businessDate: pass.run.businessDate,
        planned: Number(counts?.planned ?? 0),
        violated: Number(counts?.violated ?? 0),
        clear: Number(counts?.clear ?? 0),
        unknown: Number(counts?.unknown ?? 0),
        failed: Number(counts?.failed ?? 0),
        proof: pass.run.proof,
      },
      verdictsByIndicator: verdictsByIndicator(pass),
      tasksByIndicator: Object.fromEntries(byIndicator.map((row) => [row.key, Number(row.taskCount)])),
      report,
    },
    invariants: Object.fromEntries(
      Object.entries(invariants).map(([name, { ok, checked, problems }]) => [
        name,
        problems.length > 0 ? { ok, checked, problems } : { ok, checked },
      ]),
    ),
    peakRssMiB: Object.fromEntries(serviceNames.map((service) => [service, peakOf(mesh, service)])),
    seconds: Object.fromEntries(Object.entries({ ...seconds, total }).map(([name, value]) => [name, round(value)])),
    versions: await versionsOf(mesh),
  };
}

async function registryOf(mesh: Mesh) {
  const clients = mesh.clients();
  const { sources } = await clients.sources.listSources({});
  const sum = (key: "received" | "saved" | "unchanged" | "ignored" | "acknowledged") =>
    sources.reduce((total, { totals }) => total + Number(totals?.[key] ?? 0), 0);
  const { openCounts } = await clients.sources.listQuarantinedRecords({ pageSize: 1 });
  const [published] = await mesh.databases.registry`
    select count(*)::int as count from runtime.outbox where published_at is not null
  `;
  return {
    received: sum("received"),
    saved: sum("saved"),
    unchanged: sum("unchanged"),
    ignored: sum("ignored"),
    quarantined: Object.fromEntries(Object.entries(openCounts).map(([rule, count]) => [rule, Number(count)])),
    acknowledged: sum("acknowledged"),
    published: Number(published?.count ?? 0),
  };
}

async function trackingOf(mesh: Mesh) {
  const { providers } = await mesh.clients().tracking.listProviders({});
  const sum = (
    key: "deviceCount" | "contactCount" | "fixCount" | "flawedFixCount" | "zoneCount" | "quarantinedCount",
  ) => providers.reduce((total, provider) => total + Number(provider[key]), 0);
  return {
    devices: sum("deviceCount"),
    contacts: sum("contactCount"),
    fixes: sum("fixCount"),
    flawedFixes: sum("flawedFixCount"),
    zones: sum("zoneCount"),
    quarantined: sum("quarantinedCount"),
  };
}

async function reportOf(mesh: Mesh) {
  const { reports } = mesh.clients();
  const rowsBy = async (dimension: Dimension) => {
    const { rows } = await reports.getSummary({ dimension, rowLimit: 1000 });
    return rows.map((row) => ({ key: row.key, label: row.label, ...countsOf(row) }));
  };
  const [summary, byLessor, byRegion, byKind, byWatchReason, byTaskState] = await Promise.all([
    reports.getSummary({ dimension: Dimension.TOTAL }),
    rowsBy(Dimension.LESSOR),
    rowsBy(Dimension.REGION),
    rowsBy(Dimension.KIND),
    rowsBy(Dimension.WATCH_REASON),
    rowsBy(Dimension.TASK_STATE),
  ]);
  const total = summary.total ?? summary.rows[0];
  return { total: total ? countsOf(total) : undefined, byLessor, byRegion, byKind, byWatchReason, byTaskState };
}

function countsOf(row: SummaryRow) {
  return {
    assets: Number(row.assetCount),
    watched: Number(row.watchedAssetCount),
    tasks: Number(row.taskCount),
    violations: Number(row.violationCount),
  };
}

function verdictsByIndicator({ run }: PassResult) {
  return Object.fromEntries(
    Object.entries(run.countsByIndicator).map(([key, { planned, violated, clear, unknown, failed }]) => [
      key,
      {
        planned: Number(planned),
        violated: Number(violated),
        clear: Number(clear),
        unknown: Number(unknown),
        failed: Number(failed),
      },
    ]),
  );
}

function peakOf(mesh: Mesh, service: ServiceName): number {
  return Math.max(...mesh.services[service].map((instance) => instance.peakRssMiB()));
}

async function versionsOf(mesh: Mesh) {
  const [row] = await mesh.databases.registry`select current_setting('server_version') as version`;
  return {
    dozor: "version" in packageJson ? String(packageJson.version) : "unreleased",
    bun: Bun.version,
    postgres: String(row?.version),
    nats: mesh.nats.version,
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
