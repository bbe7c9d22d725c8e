import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

export const usage = `Usage: ./dozor <command> [options]

  up         run the whole mesh on this machine and stay until Ctrl-C
             --instances N          instances of each service (1)
             --assets N             leased assets in the simulated world (2000)
             --seed N               seed of the simulated world (1)
             --data DIR             keep state here (.dozor/data; with --once a temporary directory)
             --port-base N          first of the ports (15100)
             --config FILE          sources, providers and intervals, as in config/dozor.example.yaml
             --no-simulators        only the outside systems of --config
             --nats-version V       run this nats-server, e.g. 2.9.10
             --once                 one full pass from an empty state, check the invariants, print a summary, stop
             --json                 with --once: the summary as the last thing on standard output
             --business-date D      judge as of this day (YYYY-MM-DD; today)
  token      print a signed token for a running ./dozor up
             ./dozor token <viewer|analyst|lead|integration_admin|operator> [--data DIR] [--name NAME] [--ttl 12h]
             ./dozor token all --data DIR   write the tokens of all local people and services
  test       raise Postgres and NATS and run the tests: ./dozor test [unit service mesh e2e faults]
             --nats-version V       against this nats-server
             --name PATTERN         only tests whose name matches
  faults     inject faults into a mesh under load and compare everything afterwards: ./dozor faults [F1 F4 … | all]
             --seeds N              injections of each fault, one seed each (1)
             --seed S               the first seed; drawn and printed unless given
             --json                 the results as the last thing on standard output
             ./dozor faults soak --minutes 10   pairs of faults at random, then rest and every comparison
  bench      measure against the ceiling of the same run: ./dozor bench [outbox inbox journal]
             --json                 one line of JSON for each
             --rows N, --messages N, --bytes N …   the sizes, as bench/README.md lists them
  check      lint, format, types, boundaries, generated code, dead code
  provision  create the JetStream streams, consumers and the lease bucket; safe to repeat
             addresses and names from the environment: DOZOR_NATS_URL, DOZOR_STREAM_…
`;

/** A mistake in the command line: one sentence and exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Strict: an unknown option or a missing value is a UsageError. */
export function parseOptions<T extends ParseArgsOptionsConfig>(command: string, args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const sentence = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new UsageError(`${command}: ${sentence}; ./dozor help lists the options`);
  }
}

/** @throws UsageError unless the text is a whole number within the limits */
export function wholeNumber(option: string, text: string, { min, max }: { min: number; max: number }): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) {
    throw new UsageError(`--${option} must be a whole number from ${min} to ${max}, not ${text}`);
  }
  return number;
}
