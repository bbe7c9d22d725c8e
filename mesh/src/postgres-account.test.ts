import { expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@dozor/testkit/temporary-directory";
import { ownedDirectory, reachablePrograms } from "./postgres-account.ts";

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };

test.skipIf(!isRoot)("a cluster below a home that is closed to the account goes to a place that is open", () => {
  using closed = temporaryDirectory("dozor-account-", 0o700);
  const dir = ownedDirectory(join(closed.path, "data", "postgres"), nobody);
  expect(dir.startsWith("/var/tmp/dozor-")).toBe(true);
  expect(statSync(dir).uid).toBe(nobody.uid);
  // The same wanted place gives the same stand-in, so that the data is found again.
  expect(ownedDirectory(join(closed.path, "data", "postgres"), nobody)).toBe(dir);
  rmSync(dir, { recursive: true });
});

test.skipIf(!isRoot)("a cluster in an open directory stays there", () => {
  using open = temporaryDirectory("dozor-account-");
  const wanted = join(open.path, "postgres");
  expect(ownedDirectory(wanted, nobody)).toBe(wanted);
});

test.skipIf(!isRoot)("programs below a closed home are copied out of it once", () => {
  using closed = temporaryDirectory("dozor-account-", 0o700);
  const native = join(closed.path, "native");
  mkdirSync(join(native, "bin"), { recursive: true });
  writeFileSync(join(native, "bin", "postgres"), "#!/bin/sh\n", { mode: 0o755 });
  const copy = reachablePrograms(native, nobody);
  expect(copy).not.toBe(native);
  expect(existsSync(join(copy, "bin", "postgres"))).toBe(true);
  expect(reachablePrograms(native, nobody)).toBe(copy);
  rmSync(copy, { recursive: true });
});

test("who is not root keeps everything where it is", () => {
  using closed = temporaryDirectory("dozor-account-", 0o700);
  expect(ownedDirectory(join(closed.path, "postgres"), undefined)).toBe(join(closed.path, "postgres"));
  expect(reachablePrograms(join(closed.path, "native"), undefined)).toBe(join(closed.path, "native"));
});
