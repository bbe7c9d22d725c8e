import { type Finding, finding, type OracleContext, type OracleSql, pagedRows } from "./oracle.ts";

type Chunk = {
  run: string;
  no: number;
  state: string;
  assets: string[];
  counts: number[];
  hash: string | null;
  verdicts: { asset: string; result: string; reason: string }[];
};
const ended = new Set(["judged", "failed", "timed_out"]);

/**
 * I7: in a run that ended, every planned check ended exactly once: each chunk is ended, its counts are those of its verdicts, its
 * hash is recomputed here, and the proof of the run is the hash of those.
 */
export async function everyCheckEndsOnce({ databases: { monitoring: sql } }: OracleContext): Promise<Finding> {
  const problems: string[] = [];
  let checked = 0;
  const runs = await sql<{ run: string; date: string; proof: string; verdicts: number }[]>`
    select run_id::text as run, business_date::text as date, encode(proof, 'hex') as proof,
      (select count(*)::int from verdict where verdict.run_id = run.run_id) as verdicts
    from run where state = 'completed' order by business_date
  `;
  for (const { run, date, proof, verdicts } of runs) {
    const whole = new Bun.CryptoHasher("sha256");
    let claimed = 0;
    for await (const chunk of chunksOf(sql, run)) {
      checked += chunk.assets.length;
      problems.push(...problemsOf(chunk).map((problem) => `run of ${date}, chunk ${chunk.no}: ${problem}`));
      claimed += chunk.verdicts.length;
      whole.update(Buffer.from(chunk.hash ?? "", "hex"));
    }
    if (whole.digest("hex") !== proof) problems.push(`run of ${date}: its proof is not the hash of its chunks`);
    const strangers = verdicts - claimed;
    if (strangers !== 0) problems.push(`run of ${date}: ${strangers} verdicts belong to no chunk`);
  }
  return finding(checked, problems);
}

function chunksOf(sql: OracleSql, run: string): AsyncGenerator<Chunk> {
  return pagedRows(sql<Chunk[]>`
    select c.run_id::text as run, c.chunk_no as no, c.state, c.asset_ids::text[] as assets, encode(c.hash, 'hex') as hash,
      array[c.violated_count, c.clear_count, c.unknown_count, c.failed_count] as counts,
      (
        select coalesce(jsonb_agg(jsonb_build_object('asset', d.asset_id, 'result', d.result, 'reason', d.unknown_reason)), '[]')
        from verdict d where d.run_id = c.run_id and d.indicator_id = c.indicator_id and d.asset_id = any (c.asset_ids)
      ) as verdicts
    from run_chunk c where c.run_id = ${run} order by c.chunk_no
  `);
}

function problemsOf({ state, assets, counts, hash, verdicts }: Chunk): string[] {
  if (!ended.has(state)) return [`it is still ${state}`];
  const said = new Map(verdicts.map((verdict) => [verdict.asset, verdict]));
  const otherwise = state === "judged" ? "clear" : "failed";
  const outcomes = assets.map((asset) => ({ asset, result: otherwise, reason: "", ...said.get(asset) }));
  const count = (result: string) => outcomes.filter((outcome) => outcome.result === result).length;
  const recounted = ["violated", "clear", "unknown", "failed"].map(count);
  const problems: string[] = [];
  if (recounted.join() !== counts.join()) problems.push(`it counts ${counts.join()}, its verdicts ${recounted.join()}`);
  const lines = outcomes.map(({ asset, result, reason }) => `${asset}:${result}:${reason}\n`).sort();
  const recomputed = new Bun.CryptoHasher("sha256").update(lines.join("")).digest("hex");
  if (state === "judged" && recomputed !== hash) problems.push("its hash is not that of its verdicts");
  return problems;
}
