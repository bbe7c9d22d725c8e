import { describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { shiftedClocks, whyNoShiftedClock } from "./shifted-clock.ts";

const reason = whyNoShiftedClock();
if (reason !== undefined) console.log(`skipped: a shifted clock: ${reason}`);

describe.skipIf(reason !== undefined)("a shifted clock", () => {
  test("shows one process an hour ahead or behind, and leaves its durations alone", () => {
    const directory = temporaryDataDir("dozor-clock-");
    try {
      const clocks = shiftedClocks(join(directory, "clocks"));
      const env = clocks.envOf("one");
      const program = "console.log(JSON.stringify([Date.now(), performance.now()]))";
      for (const shiftMs of [3_600_000, -3_600_000, 250]) {
        clocks.shift("one", shiftMs);
        const seen = execFileSync(process.execPath, ["-e", program], {
          env: { ...process.env, ...env },
          encoding: "utf8",
        });
        const [wallMs = 0, sinceStartMs = 0]: number[] = JSON.parse(seen);
        expect(Math.abs(wallMs - Date.now() - shiftMs)).toBeLessThan(5_000);
        expect(sinceStartMs).toBeLessThan(60_000);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

test("without it the reason is said", () => {
  expect(reason === undefined || reason.length > 10).toBe(true);
});
