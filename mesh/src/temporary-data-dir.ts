import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new empty directory for state that is thrown away; whoever asked for it removes it. */
export function temporaryDataDir(prefix: string): string {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  // Postgres started as root runs as another account and must be able to pass.
  chmodSync(dir, 0o755);
  return dir;
}
