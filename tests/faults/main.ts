// The command behind `./dozor faults`.

import { parseArgs } from "node:util";
import type { Fault } from "./harness/fault.ts";
import { type FaultResult, runFault } from "./harness/run-fault.ts";
import { soak } from "./harness/soak.ts";
import { matrix } from "./matrix/matrix.ts";

const usage = `Usage: ./dozor faults [F1 F4 … | all] [--seeds N] [--seed S] [--json]
       ./dozor faults soak [--minutes N] [--seed S] [--json]
Faults: ${matrix.map(({ id, name }) => `${id} ${name}`).join(", ")}`;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`dozor: ${error instanceof Error ? error.message : error}`);
  return stop.signal.aborted ? 130 : 2;
});

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      seeds: { type: "string", default: "1" },
      seed: { type: "string" },
      minutes: { type: "string", default: "10" },
      json: { type: "boolean", default: false },
    },
  });
  const first =
    values.seed === undefined ? (crypto.getRandomValues(new Uint32Array(1))[0] ?? 1) : wholeNumber("seed", values.seed);
  const seeds = Array.from({ length: wholeNumber("seeds", values.seeds) }, (_, index) => (first + index) >>> 0);
  // What a machine reads is the last thing on standard output; the story of the run goes beside it.
  const log = (text: string) => (values.json ? console.error(text) : console.log(text));
  log(`seeds ${seeds.join(", ")}`);
  if (positionals[0] === "soak") return await soakFor(wholeNumber("minutes", values.minutes), first, values.json, log);
  const faults = faultsNamed(positionals);
  const results: FaultResult[] = [];
  for (const fault of faults) {
    log(`${fault.id} ${fault.name}${fault.note === undefined ? "" : ` (${fault.note})`}`);
    results.push(await runFault(fault, { seeds, signal: stop.signal, log }));
    stop.signal.throwIfAborted();
  }
  return report(results, values.json);
}

async function soakFor(minutes: number, seed: number, isJson: boolean, log: (text: string) => void): Promise<number> {
  const result = await soak({ minutes, seed, signal: stop.signal, log });
  if (isJson) console.log(JSON.stringify({ seed, ...result }));
  else {
    console.log(JSON.stringify(result.bites));
    if (!result.ok)
      console.log(`FAILED soak seed ${seed}: ${result.problems.join("\n  ")}\n  logs in ${result.dataDir}`);
    console.log(result.ok ? "1 passed, 0 failed" : "0 passed, 1 failed");
  }
  return result.ok ? 0 : 1;
}

function faultsNamed(names: readonly string[]): readonly Fault[] {
  if (names.length === 0 || names.includes("all")) return matrix;
  return names.flatMap((name) => {
    const found = matrix.filter(({ id }) => id.toLowerCase() === name.toLowerCase());
    if (found.length === 0) throw new Error(`faults: there is no fault ${name}\n${usage}`);
    return found;
  });
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`faults: --${option} must be a whole number, not ${text}\n${usage}`);
  return Number(text);
}

function report(results: readonly FaultResult[], isJson: boolean): number {
  const ran = results.filter(({ skipped }) => skipped === undefined);
  const failed = ran.filter(({ ok }) => !ok);
  if (isJson) {
    console.log(JSON.stringify({ results, passed: ran.length - failed.length, failed: failed.length }));
  } else {
    for (const { id, name, bites } of ran) console.log(`${id} ${name}: ${JSON.stringify(bites)}`);
    for (const { id, name, seeds, neverBit, dataDir } of failed) {
      const broken = seeds.filter(({ ok }) => !ok).map(({ seed, problems }) => `seed ${seed}: ${problems.join("; ")}`);
      const toothless = neverBit.map((bite) => `never happened: ${bite}`);
      console.log(`FAILED ${id} ${name}: ${[...broken, ...toothless].join("\n  ")}\n  logs in ${dataDir}`);
    }
    for (const { id, name, skipped } of results)
      if (skipped !== undefined) console.log(`skipped ${id} ${name}: ${skipped}`);
    console.log(`${ran.length - failed.length} passed, ${failed.length} failed`);
  }
  return failed.length > 0 || ran.length === 0 ? 1 : 0;
}
