import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Controller = "cpu" | "memory" | "blkio" | "freezer";

export type ControlGroup = Disposable & {
  /** Moves a process with all its threads and later children; what ended meanwhile is left out. */
  add(pid: number): void;
  set(file: string, value: string): void;
  /** A number of a file of "name value" lines, such as nr_throttled of cpu.stat; 0 when it is not there. */
  count(file: string, name: string): number;
};

/** Why groups of this controller cannot be made here; undefined when they can. Only version 1 of control groups is spoken. */
export function whyNoControlGroup(controller: Controller): string | undefined {
  const home = homeOf(controller);
  if (home === undefined) return `control groups of version 1 for ${controller} are not mounted here`;
  try {
    accessSync(home, constants.W_OK);
    const probe = join(home, `dozor-probe-${process.pid}`);
    mkdirSync(probe);
    rmdirSync(probe);
    return undefined;
  } catch (error) {
    return `no control group can be made in ${home} (it takes root): ${error instanceof Error ? error.message : error}`;
  }
}

/** A new group below our own, so that every limit which we are under ourselves goes on to hold. */
export function openControlGroup(controller: Controller, name: string): ControlGroup {
  const home = homeOf(controller);
  if (home === undefined) throw new Error(`make a control group for ${controller}: it is not mounted`);
  const directory = join(home, `dozor-${name}-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  return {
    add(pid) {
      try {
        writeFileSync(join(directory, "cgroup.procs"), String(pid));
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
    },
    set: (file, value) => writeFileSync(join(directory, file), value),
    count(file, wanted) {
      for (const line of readFileSync(join(directory, file), "utf8").split("\n")) {
        const [found, value] = line.split(" ");
        if (found === wanted) return Number(value);
      }
      return 0;
    },
    [Symbol.dispose]() {
      for (let round = 1; !isRemoved(home, directory, round === roundsMax); round += 1) Bun.sleepSync(10);
    },
  };
}

/** What is moved out may have made children in the meantime, and who is ending stays for a moment. */
const roundsMax = 200;

function isRemoved(home: string, directory: string, isLastRound: boolean): boolean {
  for (const pid of readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n")) {
    if (pid !== "") moveOut(home, pid);
  }
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (isLastRound || !(error instanceof Error && "code" in error && error.code === "EBUSY")) throw error;
    return false;
  }
}

function moveOut(home: string, pid: string): void {
  try {
    writeFileSync(join(home, "cgroup.procs"), pid);
  } catch {
    // It ended between the look and the move.
  }
}

/** The directory of the group that this process is in. */
function homeOf(controller: Controller): string | undefined {
  if (!existsSync("/proc/self/cgroup")) return undefined;
  for (const line of readFileSync("/proc/self/cgroup", "utf8").split("\n")) {
    const [, controllers = "", path = ""] = line.split(":");
    if (!controllers.split(",").includes(controller)) continue;
    for (const mounted of [controllers, controller]) {
      const home = join("/sys/fs/cgroup", mounted, path);
      if (existsSync(join(home, "cgroup.procs"))) return home;
    }
  }
  return undefined;
}
