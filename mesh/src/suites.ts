import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { repositoryRoot } from "./repository.ts";
import { runBun } from "./run-bun.ts";
import type { Watchdog } from "./watchdog.ts";

export const suiteNames = ["unit", "service", "mesh", "e2e", "faults"] as const;
export type Suite = {
  name: (typeof suiteNames)[number];
  includes: readonly string[];
  /** Longest that one test may take, in milliseconds. */
  timeoutMs: number;
  /** Test files run at once, each in a process of its own; 1 where a file starts a mesh and needs the machine. */
  parallel: number;
};
export type SuiteResult = { passed: number; failed: number; skipped: number };
export type SuiteRun = {
  env: Record<string, string>;
  /** Where the report is written. */
  dataDir: string;
  testName?: string | undefined;
  watchdog: Watchdog;
  signal: AbortSignal;
};

const code = "{ts,tsx}";
export const suites: readonly Suite[] = [
  {
    name: "unit",
    // A test beside the file it tests, anywhere but in the folders of the other suites.
    includes: [
      "proto",
      "runtime",
      "integration/src",
      "services/*/src",
      "simulators",
      "mesh",
      "testkit",
      "console",
      "deploy",
      "bench",
      "tests/house",
    ].map((folder) => `${folder}/**/*.test.${code}`),
    timeoutMs: 60_000,
    parallel: 2,
  },
  {
    name: "service",
    includes: [`services/*/tests/**/*.test.${code}`, `integration/tests/**/*.test.${code}`],
    timeoutMs: 120_000,
    parallel: 1,
  },
  { name: "mesh", includes: [`tests/mesh/**/*.test.${code}`], timeoutMs: 300_000, parallel: 1 },
  { name: "e2e", includes: [`tests/e2e/**/*.test.${code}`], timeoutMs: 300_000, parallel: 1 },
  { name: "faults", includes: [`tests/faults/**/*.test.${code}`], timeoutMs: 600_000, parallel: 1 },
];

/** Runs the suite by `bun test` in a process of its own, shows its failures and a line of counts. */
export async function runSuite(
  suite: Suite,
  { env, dataDir, testName, watchdog, signal }: SuiteRun,
): Promise<SuiteResult> {
  const files = filesOf(suite);
  if (files.length === 0) {
    console.log(`${suite.name}: no test files`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const report = join(dataDir, `${suite.name}.xml`);
  const flags = ["--only-failures", "--reporter=junit", `--reporter-outfile=${report}`, `--timeout=${suite.timeoutMs}`];
  if (suite.parallel > 1) flags.push(`--parallel=${suite.parallel}`);
  if (testName !== undefined) flags.push(`--test-name-pattern=${testName}`, "--pass-with-no-tests");
  const started = performance.now();
  // What tests of a file leave behind whose hooks never ran, because it was killed or no name matched, goes with the directory.
  const temporary = join(dataDir, "tmp");
  mkdirSync(temporary, { recursive: true, mode: 0o755 });
  const args = ["test", ...flags, ...files.map((file) => `./${file}`)];
  const exitCode = await runBun(args, { env: { TMPDIR: temporary, ...env }, graceMs: 2_000, watchdog, signal });
  const result = readReport(report, exitCode);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const skipped = result.skipped > 0 ? `, ${result.skipped} were skipped` : "";
  console.log(
    `${suite.name}: ${result.passed} succeeded, ${result.failed} did not${skipped} (${files.length} files, ${seconds} s)`,
  );
  return result;
}

function filesOf(suite: Suite): string[] {
  const found = suite.includes.flatMap((pattern) => [...new Glob(pattern).scanSync({ cwd: repositoryRoot })]);
  return [...new Set(found)].filter((file) => !/(^|\/)(node_modules|dist|gen)\//.test(file)).sort();
}

/** Counts of the JUnit report; a run that broke before or beside its tests counts as one failure more. */
export function readReport(file: string, exitCode: number): SuiteResult {
  const root = existsSync(file) ? /<testsuites ([^>]*)>/.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(root ?? "")?.[1] ?? 0);
  const [total, failed, skipped] = [count("tests"), count("failures") + count("errors"), count("skipped")];
  const broke = exitCode !== 0 && failed === 0 ? 1 : 0;
  return { passed: total - failed - skipped, failed: failed + broke, skipped };
}
