import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type TemporaryDirectory = Disposable & { path: string };

/** A new empty directory, removed when disposed. Open for everybody to pass unless told otherwise, as Postgres has an account of its own. */
export function temporaryDirectory(prefix: string, mode = 0o755): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(path, mode);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
