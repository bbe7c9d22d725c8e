import type { Mesh } from "@dozor/mesh/mesh";

/** What the simulated world says a right observer must find; assets are named by their id in 1C. */
export type Truth = {
  watched: string[];
  expected: Record<string, { violated: string[]; unknown: string[]; clear: number }>;
  tasks: string[];
};

/** Asks the simulator of 1C, which computes it from the world and not from anything of ours. The day is that of `asOf` unless given. */
export async function meshTruth(mesh: Mesh, asOf: Date, businessDate?: string): Promise<Truth> {
  const day = businessDate === undefined ? "" : `&businessDate=${businessDate}`;
  const url = `${mesh.simulators?.onecUrl}/_admin/truth?asOf=${asOf.toISOString()}${day}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`ask for the truth at ${url}: HTTP ${answer.status}`);
  // The simulator is ours and its answer is checked against by every test that uses it.
  return (await answer.json()) as Truth;
}
