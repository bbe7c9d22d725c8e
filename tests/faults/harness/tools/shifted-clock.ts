import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "@dozor/mesh/repository";

export type ShiftedClocks = {
  /** What a process must be started with to live by the clock of that name. */
  envOf(name: string): Record<string, string>;
  /** From now on the wall clock of that name is so far from the true one; what measures durations goes on undisturbed. */
  shift(name: string, ms: number): void;
};

const programs = join("usr", "lib", `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`, "faketime");
const library = "libfaketimeMT.so.1";

/** Why clocks cannot be shifted here; undefined when they can. Brings Debian's libfaketime where it may, without installing it. */
export function whyNoShiftedClock(): string | undefined {
  if (process.platform !== "linux") return "libfaketime is for Linux";
  if (libraryPath() !== undefined) return undefined;
  if (Bun.which("apt-get") === null || Bun.which("dpkg-deb") === null)
    return "libfaketime is not installed, and there is no apt-get to bring it";
  try {
    bring();
  } catch (error) {
    return `libfaketime is not installed, and apt-get does not bring it: ${error instanceof Error ? error.message.trim().split("\n").at(-1) : error}`;
  }
  return libraryPath() === undefined ? "apt-get brought a libfaketime without its library" : undefined;
}

/** Clocks by name, each a file in the directory. */
export function shiftedClocks(directory: string): ShiftedClocks {
  const preload = libraryPath();
  if (preload === undefined) throw new Error("shift clocks: libfaketime is not here");
  mkdirSync(directory, { recursive: true });
  const fileOf = (name: string) => join(directory, name);
  const shift = (name: string, ms: number) =>
    writeFileSync(fileOf(name), `${ms < 0 ? "-" : "+"}${Math.abs(ms) / 1000}`);
  return {
    envOf(name) {
      shift(name, 0);
      return {
        LD_PRELOAD: preload,
        FAKETIME_TIMESTAMP_FILE: fileOf(name),
        FAKETIME_NO_CACHE: "1",
        // Only the wall clock jumps, as when it is set by hand or by the network.
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      };
    },
    shift,
  };
}

function libraryPath(): string | undefined {
  return [join("/", programs, library), join(broughtTo, programs, library)].find((path) => existsSync(path));
}

const broughtTo = join(repositoryRoot, ".dozor", "faketime");

function bring(): void {
  mkdirSync(broughtTo, { recursive: true });
  execFileSync("apt-get", ["download", "-qq", "libfaketime"], { cwd: broughtTo, timeout: 60_000, stdio: "pipe" });
  const archive = readdirSync(broughtTo).find((name) => name.endsWith(".deb"));
  if (archive === undefined) throw new Error("nothing was downloaded");
  execFileSync("dpkg-deb", ["-x", join(broughtTo, archive), broughtTo], { stdio: "pipe" });
}
