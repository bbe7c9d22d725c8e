import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownedDirectory, reachablePrograms } from "./postgres-account.ts";

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };

function home(mode: number): string {
  const dir = mkdtempSync(join(tmpdir(), "dozor-account-"));
  chmodSync(dir, mode);
  return dir;
}

test.skipIf(!isRoot)("a cluster below a home that is closed to the account goes to a place that is open", () => {
  const closed = home(0o700);
  const dir = ownedDirectory(join(closed, "data", "postgres"), nobody);
  expect(dir.startsWith("/var/tmp/dozor-")).toBe(true);
  expect(statSync(dir).uid).toBe(nobody.uid);
  // The same wanted place gives the same stand-in, so that the data is found again.
  expect(ownedDirectory(join(closed, "data", "postgres"), nobody)).toBe(dir);
  for (const made of [dir, closed]) rmSync(made, { recursive: true });
});

test.skipIf(!isRoot)("a cluster in an open directory stays there", () => {
  const open = home(0o755);
  const wanted = join(open, "postgres");
  expect(ownedDirectory(wanted, nobody)).toBe(wanted);
  rmSync(open, { recursive: true });
});

test.skipIf(!isRoot)("programs below a closed home are copied out of it once", () => {
  const closed = home(0o700);
  const native = join(closed, "native");
  mkdirSync(join(native, "bin"), { recursive: true });
  writeFileSync(join(native, "bin", "postgres"), "#!/bin/sh\n", { mode: 0o755 });
  const copy = reachablePrograms(native, nobody);
  expect(copy).not.toBe(native);
  expect(existsSync(join(copy, "bin", "postgres"))).toBe(true);
  expect(reachablePrograms(native, nobody)).toBe(copy);
  for (const made of [copy, closed]) rmSync(made, { recursive: true });
});

test("who is not root keeps everything where it is", () => {
  const closed = home(0o700);
  expect(ownedDirectory(join(closed, "postgres"), undefined)).toBe(join(closed, "postgres"));
  expect(reachablePrograms(join(closed, "native"), undefined)).toBe(join(closed, "native"));
  rmSync(closed, { recursive: true });
});
