import { afterEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { type LoopDisk, mountLoopDisk, whyNoLoopDisk } from "./loop-disk.ts";

const reason = whyNoLoopDisk();
if (reason !== undefined) console.log(`skipped: a disk of our own: ${reason}`);

describe.skipIf(reason !== undefined)("a disk of our own", () => {
  let stack = new AsyncDisposableStack();
  afterEach(async () => {
    await stack.disposeAsync();
    stack = new AsyncDisposableStack();
  });

  function disk(): LoopDisk {
    const parent = temporaryDataDir("dozor-disk-");
    stack.defer(async () => rmSync(parent, { recursive: true, force: true }));
    return stack.use(mountLoopDisk(join(parent, "disk"), 32));
  }

  test("keeps through a power cut what was synced, and loses what was not", () => {
    const { directory, cutPower, restorePower } = disk();
    const synced = openSync(join(directory, "synced"), "w");
    writeSync(synced, "safe");
    fsyncSync(synced);
    closeSync(synced);
    const parent = openSync(directory, "r");
    fsyncSync(parent);
    closeSync(parent);
    writeFileSync(join(directory, "unsynced"), "lost");
    cutPower();
    expect(() => writeFileSync(join(directory, "later"), "never")).toThrow();
    restorePower();
    expect(readFileSync(join(directory, "synced"), "utf8")).toBe("safe");
    expect(existsSync(join(directory, "unsynced")) && readFileSync(join(directory, "unsynced"), "utf8")).not.toBe(
      "lost",
    );
  });

  test("is full when it is filled, and has room again when it is freed", () => {
    const { directory, fill, free } = disk();
    fill();
    expect(() => writeFileSync(join(directory, "more"), Buffer.alloc(64 * 1024))).toThrow("ENOSPC");
    free();
    writeFileSync(join(directory, "more"), Buffer.alloc(64 * 1024));
  });

  test("keeps the room it was given back through a power cut", () => {
    const { directory, fill, free, cutPower, restorePower } = disk();
    fill();
    execFileSync("sync", ["-f", directory]);
    free();
    cutPower();
    restorePower();
    writeFileSync(join(directory, "more"), Buffer.alloc(64 * 1024));
  });
});

test("without it the reason is said", () => {
  expect(reason === undefined || reason.length > 10).toBe(true);
});
