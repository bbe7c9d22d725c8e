import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, cpSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export type Account = { uid: number; gid: number };

/** Postgres refuses to run as root: the account it runs as instead. Undefined when we are not root and it runs as us. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // No such account here; the next one is tried.
    }
  }
  throw new Error("start Postgres as root: there is neither an account postgres nor nobody to run it as");
}

/** A directory of the account's own; where the account cannot reach the wanted place, a stand-in under /var/tmp. */
export function ownedDirectory(wanted: string, account: Account | undefined): string {
  const dir = isReachable(wanted, account) ? wanted : standIn(wanted);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (account) chownSync(dir, account.uid, account.gid);
  return dir;
}

/** The programs where the account can execute them: as they are, or copied out of a directory that is closed to it. */
export function reachablePrograms(nativeDir: string, account: Account | undefined): string {
  if (isReachable(nativeDir, account)) return nativeDir;
  const copy = standIn(nativeDir);
  if (!existsSync(join(copy, "bin", "postgres"))) {
    // Whole or not at all: an interrupted copy would look complete for ever.
    const part = `${copy}.part-${process.pid}`;
    cpSync(nativeDir, part, { recursive: true, dereference: false, verbatimSymlinks: true });
    renameSync(part, copy);
  }
  return copy;
}

/** True when every existing directory above may be passed by the account, as in /srv but not in /root. */
function isReachable(path: string, account: Account | undefined): boolean {
  if (account === undefined) return true;
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    if (existsSync(dir)) {
      const { mode, uid, gid } = statSync(dir);
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (dir === dirname(dir)) return true;
  }
}

function standIn(path: string): string {
  return join("/var/tmp", `dozor-${createHash("sha256").update(path).digest("hex").slice(0, 12)}`);
}
