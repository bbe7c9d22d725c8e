import { parseArgs } from "node:util";

export type BenchOptions<N extends string> = { json: boolean } & Record<N, number>;

/** Sizes as `--name 1000`, each a positive whole number with a default, and `--json`. */
export function readBenchOptions<N extends string>(sizes: Record<N, number>): BenchOptions<N> {
  const names = Object.keys(sizes) as N[];
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      json: { type: "boolean", default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
    },
    strict: true,
  });
  // parseArgs cannot type options whose names are computed.
  const given = values as Record<string, string | boolean | undefined>;
  const read = names.map((name) => {
    const value = Number(given[name] ?? sizes[name]);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a positive whole number`);
    return [name, value] as const;
  });
  return { json: given.json === true, ...(Object.fromEntries(read) as Record<N, number>) };
}
