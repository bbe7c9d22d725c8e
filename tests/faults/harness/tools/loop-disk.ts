import { dlopen } from "bun:ffi";
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";

export type LoopDisk = AsyncDisposable & {
  directory: string;
  /** "major:minor", as control groups name it. */
  device(): string;
  /** From this instant nothing written reaches the disk, and what was not synced is gone, as when the power goes. */
  cutPower(): void;
  /** The disk as it was at the power cut; every process that had files open there must have ended. */
  restorePower(): void;
  /** Leaves no room, as a log that nobody watches would. */
  fill(): void;
  free(): void;
};

let known: { reason: string | undefined } | undefined;

/** Why no disk can be made here; undefined when it can. Found out once, by making one: containers may be root and still not be allowed to. */
export function whyNoLoopDisk(): string | undefined {
  known ??= { reason: whatIsMissing() ?? whyMountFails() };
  return known.reason;
}

function whatIsMissing(): string | undefined {
  if (process.platform !== "linux") return "loop-mounted disks exist on Linux only";
  if (process.getuid?.() !== 0) return "mounting a disk takes root";
  for (const program of ["mkfs.ext4", "mount", "umount", "fallocate"]) {
    if (Bun.which(program) === null && !existsSync(`/usr/sbin/${program}`)) return `${program} is not installed`;
  }
  return existsSync("/dev/loop-control") ? undefined : "this kernel has no loop devices (/dev/loop-control)";
}

function whyMountFails(): string | undefined {
  const parent = temporaryDataDir("dozor-disk-trial-");
  try {
    run("umount", mountLoopDisk(join(parent, "disk"), 8).directory);
    return undefined;
  } catch (error) {
    return `a disk cannot be mounted here, although we are root: ${error instanceof Error ? error.message.trim() : error}`;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** An ext4 file system in a file, mounted at the directory. */
export function mountLoopDisk(directory: string, sizeMiB: number): LoopDisk {
  const image = `${directory}.image`;
  execFileSync("truncate", ["-s", `${sizeMiB}M`, image]);
  run("mkfs.ext4", "-q", "-F", "-m", "0", image);
  mkdirSync(directory, { recursive: true });
  const mount = () => run("mount", "-o", "loop", image, directory);
  const unmount = () => run("umount", directory);
  mount();
  // Postgres wants an empty directory for its cluster.
  rmdirSync(join(directory, "lost+found"));
  const ballast = join(directory, ".ballast");
  let isMounted = true;
  return {
    directory,
    device() {
      const { dev } = statSync(directory);
      // As the C library packs a device number.
      return `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
    },
    cutPower: () => shutDown(directory),
    restorePower() {
      unmount();
      isMounted = false;
      mount();
      isMounted = true;
    },
    fill() {
      for (let chunkBytes = 2 ** 30; chunkBytes >= 4096; chunkBytes /= 2) while (reserve(ballast, chunkBytes));
    },
    free() {
      rmSync(ballast, { force: true });
      // Otherwise a power cut soon afterwards would bring it back.
      run("sync", "-f", directory);
    },
    async [Symbol.asyncDispose]() {
      if (isMounted) unmount();
      rmSync(image, { force: true });
    },
  };
}

function run(program: string, ...parameters: string[]): void {
  const path = Bun.which(program) ?? `/usr/sbin/${program}`;
  execFileSync(path, parameters, { stdio: ["ignore", "ignore", "pipe"] });
}

/** Room that is taken without being written; false when there is not as much. */
function reserve(file: string, bytes: number): boolean {
  const from = existsSync(file) ? statSync(file).size : 0;
  try {
    run("fallocate", "-o", String(from), "-l", String(bytes), file);
    return true;
  } catch {
    return false;
  }
}

// _IOR('X', 125, __u32) of linux/ext4: shut the file system down. Flag 2 does not even flush its journal.
const shutdownRequest = 0x8004587dn;
const withoutFlush = 2;

function shutDown(directory: string): void {
  const library = dlopen("libc.so.6", { ioctl: { args: ["int", "u64", "ptr"], returns: "int" } });
  const descriptor = openSync(directory, "r");
  try {
    const result = library.symbols.ioctl(descriptor, shutdownRequest, new Uint32Array([withoutFlush]));
    if (result !== 0) throw new Error(`shut down the file system at ${directory}: ioctl answered ${result}`);
  } finally {
    closeSync(descriptor);
    library.close();
  }
}
