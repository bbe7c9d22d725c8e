import { rmSync } from "node:fs";
import { findChromium } from "../chromium.ts";
import { startNatsServer } from "../nats-server.ts";
import { freePorts } from "../ports.ts";
import { startPostgres } from "../postgres.ts";
import { runSuite, type SuiteResult, suiteNames, suites } from "../suites.ts";
import { temporaryDataDir } from "../temporary-data-dir.ts";
import { parseOptions, UsageError } from "../usage.ts";
import { startWatchdog, type Watchdog } from "../watchdog.ts";

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
    const env = await raise(dataDir, values["nats-version"], watchdog, stack, signal);
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

async function raise(
  dataDir: string,
  natsVersion: string | undefined,
  watchdog: Watchdog,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const [postgresPort = 0, natsPort = 0, monitorPort = 0] = await freePorts(3);
  const servers = { dataDir, watchdog, signal };
  const [postgres, nats] = await Promise.all([
    startPostgres({ ...servers, port: postgresPort, databases: [], connectionsMax: 300, durable: false }),
    startNatsServer({ ...servers, port: natsPort, monitorPort, version: natsVersion }),
  ]);
  stack.use(postgres);
  stack.use(nats);
  console.log(`Postgres and nats-server ${nats.version} are up for the tests`);
  return {
    DOZOR_TEST_POSTGRES_URL: postgres.adminUrl,
    DOZOR_TEST_NATS_URL: nats.url,
    DOZOR_TEST_NATS_VERSION: natsVersion ?? "",
  };
}

function summarize(results: readonly SuiteResult[]): number {
  const sum = (key: "passed" | "failed" | "skipped") => results.reduce((total, result) => total + result[key], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  // No test run at all is a mistake in the command or in the tree, never a success.
  if (passed + failed === 0) console.log("no tests were found");
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
