import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckStep, checkSteps, type StepResult, type StepTools } from "../check-steps.ts";
import { repositoryRoot } from "../repository.ts";
import { parseOptions, UsageError } from "../usage.ts";

const stepTimeoutMs = 300_000;
const outputBytesMax = 32 * 1024 * 1024;

/** Runs every step, a line each, and shows the output of those that failed; exit code 1 if any did. */
export async function check(args: string[], signal: AbortSignal): Promise<number> {
  const { positionals } = parseOptions("check", args, {});
  const unknown = positionals.find((name) => !checkSteps.some((step) => step.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`check: no step ${unknown}; there are ${checkSteps.map(({ name }) => name).join(", ")}`);
  }
  const asked = checkSteps.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const failures: string[] = [];
  for (const step of asked) {
    signal.throwIfAborted();
    const started = performance.now();
    const result = await runStep(step, signal);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const outcome = result.state === "skipped" ? `skipped: ${result.reason}` : `${result.state} (${seconds} s)`;
    console.log(`${step.name.padEnd(14)} ${outcome}`);
    if (result.state === "failed") failures.push(`--- ${step.name}\n${result.output.trimEnd()}`);
  }
  for (const failure of failures) console.log(`\n${failure}`);
  return failures.length > 0 ? 1 : 0;
}

async function runStep(step: CheckStep, signal: AbortSignal): Promise<StepResult> {
  const scratch = mkdtempSync(join(tmpdir(), "dozor-check-"));
  try {
    const run: StepTools["run"] = (command, args, cwd) => execute(command, args, cwd ?? repositoryRoot, signal);
    // By our own Bun, even where a Node is at hand: the machine may have none, or one that the tool does not know.
    const runPackage: StepTools["runPackage"] = (name, args, cwd) =>
      run(process.execPath, ["--bun", join(repositoryRoot, "node_modules", ".bin", name), ...args], cwd);
    return await step.run({ scratch, run, runPackage });
  } catch (error) {
    return { state: "failed", output: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function execute(command: string, args: readonly string[], cwd: string, signal: AbortSignal): Promise<StepResult> {
  const path = `${join(repositoryRoot, "node_modules", ".bin")}:${process.env.PATH ?? ""}`;
  const env = { ...process.env, PATH: path, NO_COLOR: "1" };
  return new Promise((resolve) => {
    const options = { cwd, env, signal, timeout: stepTimeoutMs, maxBuffer: outputBytesMax };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const output = Bun.stripANSI(`${stdout}${stderr}`);
      resolve(error ? { state: "failed", output: output || error.message } : { state: "ok", output });
    });
  });
}
