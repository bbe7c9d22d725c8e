import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** A Chromium for the console's tests: DOZOR_CHROMIUM, PATH, else Debian's package where we may install it. */
export async function findChromium(signal: AbortSignal): Promise<{ path: string } | { problem: string }> {
  const present = process.env.DOZOR_CHROMIUM ?? onPath();
  if (present) return { path: present };
  if (Bun.which("apt-get") === null || process.getuid?.() !== 0) {
    return { problem: "no Chromium on PATH and no right to install one; set DOZOR_CHROMIUM" };
  }
  try {
    console.log("e2e: installing Debian's chromium");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-qq"], { env, signal, timeout: 120_000 });
    const install = ["install", "-y", "-qq", "--no-install-recommends", "chromium"];
    await run("apt-get", install, { env, signal, timeout: 300_000, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    signal.throwIfAborted();
    return {
      problem: `apt-get could not install chromium: ${error instanceof Error ? lastLine(error.message) : error}`,
    };
  }
  const installed = onPath();
  return installed ? { path: installed } : { problem: "apt-get installed no chromium" };
}

function onPath(): string | undefined {
  return names.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
