import { expect, test } from "bun:test";
import { ownText } from "./own-text.ts";

test("a text that was cut out of larger ones does not keep them in memory", () => {
  const kept: string[] = [];
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  for (let index = 0; index < 2_000; index += 1) {
    // Not a rope: the text is made flat as decoding makes it.
    const large = Buffer.from(`${String(index).padStart(36, "0")}${"Ж".repeat(20_000)}`).toString();
    kept.push(ownText(large.slice(0, 36)));
    if (index % 100 === 0) Bun.gc(true);
  }
  Bun.gc(true);
  const grownMiB = (process.memoryUsage.rss() - before) / 1024 ** 2;
  expect(kept).toHaveLength(2_000);
  // Kept whole they would be 76 MiB.
  expect(grownMiB).toBeLessThan(40);
});
