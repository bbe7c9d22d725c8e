import { describe, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Controller, openControlGroup, whyNoControlGroup } from "./control-group.ts";

const controllers: readonly Controller[] = ["cpu", "memory", "blkio", "freezer"];
const reasons = new Map(controllers.map((controller) => [controller, whyNoControlGroup(controller)]));
for (const [controller, reason] of reasons) {
  if (reason !== undefined) console.log(`skipped: control groups for ${controller}: ${reason}`);
}

describe.skipIf(reasons.get("cpu") !== undefined)("a group with a tenth of a core", () => {
  test("stops a busy process in nearly every period", async () => {
    using group = openControlGroup("cpu", "test");
    group.set("cpu.cfs_period_us", "100000");
    group.set("cpu.cfs_quota_us", "10000");
    const busy = spawn(process.execPath, ["-e", "const end = Date.now() + 1500; while (Date.now() < end);"]);
    group.add(busy.pid ?? 0);
    await once(busy, "exit");
    expect(group.count("cpu.stat", "nr_throttled")).toBeGreaterThan(5);
  });
});

describe.skipIf(reasons.get("memory") !== undefined)("a group with little memory", () => {
  test("kills the process that wants more", async () => {
    using group = openControlGroup("memory", "test");
    group.set("memory.limit_in_bytes", String(48 * 2 ** 20));
    const grow =
      "process.stdin.once('data', () => { const kept = []; for (;;) kept.push(Buffer.alloc(2 ** 20, 1)); });";
    const greedy = spawn(process.execPath, ["-e", grow], { stdio: ["pipe", "ignore", "ignore"] });
    group.add(greedy.pid ?? 0);
    greedy.stdin.write("go");
    const [, signal] = await once(greedy, "exit");
    expect(signal).toBe("SIGKILL");
    expect(group.count("memory.oom_control", "oom_kill")).toBe(1);
  });
});

test("a tool that cannot be used here says why", () => {
  for (const reason of reasons.values()) expect(reason === undefined || reason.length > 20).toBe(true);
});
