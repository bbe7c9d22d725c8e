import { existsSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { repositoryRoot } from "./repository.ts";

export type StepResult =
  | { state: "ok"; output: string }
  | { state: "failed"; output: string }
  | { state: "skipped"; reason: string };
export type StepTools = {
  /** An empty directory of the step's own. */
  scratch: string;
  run(command: string, args: readonly string[], cwd?: string): Promise<StepResult>;
  /** A program that npm brought. */
  runPackage(name: string, args: readonly string[], cwd?: string): Promise<StepResult>;
};
export type CheckStep = { name: string; run(tools: StepTools): Promise<StepResult> };

/** In the order of what to repair first: contracts, then code. */
export const checkSteps: readonly CheckStep[] = [
  { name: "buf-lint", run: ({ runPackage }) => runPackage("buf", ["lint"]) },
  { name: "buf-breaking", run: breaking },
  { name: "generate", run: generate },
  {
    name: "biome",
    run: ({ runPackage }) =>
      runPackage("biome", ["ci", "--colors=off", "--max-diagnostics=50", "--diagnostic-level=error"]),
  },
  { name: "tsc", run: ({ runPackage }) => runPackage("tsc", ["--noEmit", "-p", "."]) },
  {
    name: "depcruise",
    run: ({ runPackage }) => runPackage("depcruise", ["--config", ".dependency-cruiser.cjs", ...sourceFolders()]),
  },
  { name: "knip", run: ({ runPackage }) => runPackage("knip", ["--no-progress", "--no-config-hints"]) },
  { name: "promtool", run: promtool },
];

/** Against main as it is known here: its own branch, the one fetched, or in a checkout of main itself the last commit. */
async function breaking({ run, runPackage }: StepTools): Promise<StepResult> {
  for (const name of ["refs/heads/main", "refs/remotes/origin/main", "HEAD"]) {
    const found = await run("git", ["cat-file", "-e", `${name}:buf.yaml`]);
    if (found.state === "ok") return runPackage("buf", ["breaking", "--against", `.git#ref=${name}`]);
  }
  return { state: "skipped", reason: "no main with contracts in this checkout" };
}

/** Generates into an empty directory and compares, so that a check never changes the tree. */
async function generate({ run, runPackage, scratch }: StepTools): Promise<StepResult> {
  for (const { cwd, gen } of generators) {
    const folder = join(repositoryRoot, cwd);
    if (!existsSync(join(folder, "buf.gen.yaml"))) continue;
    const output = join(scratch, cwd);
    const made = await runPackage("buf", ["generate", "--output", output], folder);
    if (made.state !== "ok") return made;
    const compared = await run("diff", ["-rq", join(output, gen), join(folder, gen)]);
    if (compared.state !== "ok") return compared;
  }
  return { state: "ok", output: "" };
}
const generators = [
  { cwd: ".", gen: "proto/gen" },
  { cwd: "runtime", gen: "gen" },
];

async function promtool({ run }: StepTools): Promise<StepResult> {
  const rules = [...new Glob("deploy/prometheus/*.rules.yaml").scanSync({ cwd: repositoryRoot })];
  if (rules.length === 0) return { state: "skipped", reason: "no alert rules yet" };
  if (Bun.which("promtool") === null) return { state: "skipped", reason: "promtool is not on PATH" };
  return run("promtool", ["check", "rules", ...rules]);
}

function sourceFolders(): string[] {
  const all = [
    "proto",
    "runtime",
    "integration",
    "services",
    "simulators",
    "mesh",
    "testkit",
    "tests",
    "console",
    "bench",
  ];
  return all.filter((folder) => existsSync(join(repositoryRoot, folder)));
}
