import { afterAll, beforeAll } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * One directory for all tests of a file, or of a `describe`. It is made before the first test that runs and not when the file is loaded: of a file none of
 * whose tests is chosen by name, `bun test` runs no afterAll either.
 */
export function testDirectory(prefix: string): string {
  const path = join(tmpdir(), `${prefix}${crypto.randomUUID()}`);
  beforeAll(() => mkdirSync(path, { mode: 0o755 }));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
