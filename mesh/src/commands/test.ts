import { rmSync } from "node:fs";
import { findChromium } from "../chromium.ts";
import { raiseServers } from "../raise-servers.ts";
import { runSuite, type SuiteResult, suiteNames, suites } from "../suites.ts";
import { temporaryDataDir } from "../temporary-data-dir.ts";
import { parseOptions, UsageError } from "../usage.ts";
import { startWatchdog } from "../watchdog.ts";

/** Raises Postgres and NATS on ports of their own, runs the suites, and ends with the line `N passed, N failed`. */
export async function test(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseOptions("test", args, {
    "nats-version": { type: "string" },
    name: { type: "string" },
  });
  const unknown = positionals.find((name) => !suiteNames.some((known) => known === name));
  if (unknown !== undefined) throw new UsageError(`test: no suite ${unknown}; there are ${suiteNames.join(", ")}`);
  const asked = suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

  const dataDir = temporaryDataDir("dozor-test-");
  try {
    await using stack = new AsyncDisposableStack();
    const watchdog = stack.use(startWatchdog());
    const servers = { dataDir, natsVersion: values["nats-version"], durable: false, watchdog, signal };
    const { env, natsVersion } = await raiseServers(servers, stack);
    console.log(`Postgres and nats-server ${natsVersion} are up for the tests`);
    const results: SuiteResult[] = [];
    for (const suite of asked) {
      const chromium = suite.name === "e2e" ? await findChromium(signal) : undefined;
      if (chromium && "problem" in chromium) {
        console.log(`e2e: skipped, ${chromium.problem}`);
        continue;
      }
      const suiteEnv = chromium ? { ...env, DOZOR_TEST_CHROMIUM: chromium.path } : env;
      results.push(await runSuite(suite, { env: suiteEnv, dataDir, testName: values.name, watchdog, signal }));
    }
    return summarize(results);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function summarize(results: readonly SuiteResult[]): number {
  const sum = (key: "passed" | "failed" | "skipped") => results.reduce((total, result) => total + result[key], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  // No test run at all is a mistake in the command or in the tree, never a success.
  if (passed + failed === 0) console.log("no tests were found");
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
