import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { heapSettings } from "./heap-settings.ts";
import { repositoryRoot } from "./repository.ts";

test("the image sets the heap as ./dozor up does", () => {
  const dockerfile = readFileSync(join(repositoryRoot, "deploy", "Dockerfile"), "utf8");
  const set = Object.fromEntries(
    [...dockerfile.matchAll(/\b((?:BUN_JSC|MIMALLOC)_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  );
  expect(set).toEqual({ ...heapSettings });
});
