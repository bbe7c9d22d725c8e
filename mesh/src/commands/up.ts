import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { firstPass } from "../first-pass.ts";
import { checkInvariants } from "../invariants/check-invariants.ts";
import { keepMeshRunning } from "../keep-running.ts";
import { localPeople } from "../local-people.ts";
import { type Mesh, type MeshOptions, startMesh } from "../mesh.ts";
import { portBaseDefault, serviceNames } from "../ports.ts";
import { dozorHome } from "../repository.ts";
import { summarize } from "../summary.ts";
import { summaryTable } from "../summary-table.ts";
import { temporaryDataDir } from "../temporary-data-dir.ts";
import { parseOptions, UsageError, wholeNumber } from "../usage.ts";

/** Runs the whole mesh on this machine: until Ctrl-C, or with --once for one pass from an empty state. */
export async function up(args: string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(args);
  return options.once ? await upOnce(options, signal) : await upAndStay(options, signal);
}

type UpOptions = Omit<MeshOptions, "dataDir"> & {
  dataDir: string | undefined;
  once: boolean;
  json: boolean;
  businessDate: string | undefined;
};

function readOptions(args: string[]): UpOptions {
  const { values, positionals } = parseOptions("up", args, {
    instances: { type: "string", default: "1" },
    assets: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    data: { type: "string" },
    "port-base": { type: "string", default: String(portBaseDefault) },
    config: { type: "string" },
    "no-simulators": { type: "boolean", default: false },
    "nats-version": { type: "string" },
    once: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    "business-date": { type: "string" },
  });
  if (positionals.length > 0) throw new UsageError(`up: what is ${positionals[0]}? ./dozor help lists the options`);
  if (values.json && !values.once) throw new UsageError("--json belongs to --once");
  if (values["no-simulators"] && values.config === undefined) {
    throw new UsageError("--no-simulators needs --config FILE, which names the outside systems");
  }
  const businessDate = values["business-date"];
  if (businessDate !== undefined && !isDate(businessDate)) {
    throw new UsageError(`--business-date must be a day as YYYY-MM-DD, not ${businessDate}`);
  }
  return {
    instances: wholeNumber("instances", values.instances, { min: 1, max: 10 }),
    assets: wholeNumber("assets", values.assets, { min: 1, max: 2_000_000 }),
    seed: wholeNumber("seed", values.seed, { min: 0, max: 4_294_967_295 }),
    portBase: wholeNumber("port-base", values["port-base"], { min: 1024, max: 32_000 }),
    dataDir: values.data === undefined ? undefined : resolve(values.data),
    configFile: values.config === undefined ? undefined : resolve(values.config),
    simulators: !values["no-simulators"],
    natsVersion: values["nats-version"],
    once: values.once,
    json: values.json,
    businessDate,
  };
}

function isDate(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

async function upAndStay(options: UpOptions, signal: AbortSignal): Promise<number> {
  const dataDir = options.dataDir ?? join(dozorHome, "data");
  const progress = (step: string) => console.log(`starting ${step}`);
  await using mesh = await startMesh({ ...options, dataDir, progress, signal });
  await using _ = keepMeshRunning(mesh, { say: (line) => console.log(line) });
  console.log(addresses(mesh));
  try {
    const { run } = await firstPass(mesh, {
      businessDate: options.businessDate,
      progress: (step) => console.log(step),
      signal,
    });
    console.log(
      `run of ${run.businessDate}: ${run.counts?.violated ?? 0n} of ${run.counts?.planned ?? 0n} checks violated`,
    );
  } catch (error) {
    // The mesh stays up: sources may be away for hours, and the schedules will try again.
    if (!signal.aborted) console.error(`first pass: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!signal.aborted) console.log("running; Ctrl-C stops it");
  await new Promise<void>((stop) => {
    if (signal.aborted) stop();
    signal.addEventListener("abort", () => stop(), { once: true });
  });
  console.log("stopping");
  return 0;
}

async function upOnce(options: UpOptions, signal: AbortSignal): Promise<number> {
  const temporary = options.dataDir === undefined ? temporaryDataDir("dozor-once-") : undefined;
  const dataDir = options.dataDir ?? temporary ?? "";
  // Standard output belongs to the summary.
  const progress = (step: string) => console.error(`dozor: ${step}`);
  try {
    const started = performance.now();
    const now = new Date();
    // Nobody looks on, so the console, which has no part in a pass, stays away.
    const once = { durable: temporary === undefined, scheduled: false, console: false, now };
    await using mesh = await startMesh({ ...options, ...once, dataDir, progress, signal });
    const startSeconds = (performance.now() - started) / 1000;
    // Judged as of the instant at which the simulated world stands still, so that both can be compared.
    const asOf = options.simulators && options.businessDate === undefined ? { asOf: now } : {};
    const pass = await firstPass(mesh, { businessDate: options.businessDate, ...asOf, progress, signal });
    progress("checking the invariants");
    const invariants = await checkInvariants(mesh);
    const summary = await summarize(mesh, pass, { startSeconds, invariants });
    console.log(options.json ? JSON.stringify(summary, null, 2) : summaryTable(summary));
    return Object.values(invariants).every(({ ok }) => ok) ? 0 : 1;
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

function addresses(mesh: Mesh): string {
  const services = serviceNames.flatMap((service) =>
    mesh.services[service].map(
      ({ name, grpcUrl, httpUrl }) => `  ${name.padEnd(13)} gRPC ${grpcUrl}  Connect ${httpUrl}`,
    ),
  );
  return [
    "",
    `  console       http://127.0.0.1:${mesh.ports.console}/  (sign in as ${localPeople.map(({ subject }) => subject).join(", ")})`,
    ...services,
    `  NATS          ${mesh.nats.url}  monitor http://127.0.0.1:${mesh.ports.natsMonitor}`,
    `  Postgres      127.0.0.1:${mesh.ports.postgres}  (passwords in ${join(mesh.dataDir, "passwords.json")})`,
    ...(mesh.simulators
      ? [
          `  simulators    1C ${mesh.simulators.onecUrl}  Focus ${mesh.simulators.konturFocusUrl}  X-Keeper ${mesh.simulators.xkeeperUrl}  receiver ${mesh.simulators.receiverUrl}`,
        ]
      : []),
    `  logs          ${join(mesh.dataDir, "logs")}`,
    `  a token       ./dozor token analyst --data ${mesh.dataDir}`,
    "",
  ].join("\n");
}
