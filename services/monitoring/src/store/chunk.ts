import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { jsonRows } from "./json-rows.ts";
import type { Counts } from "./run.ts";

type ChunkState = "planned" | "sent" | "judged" | "failed" | "timed_out";
/** Why a whole chunk has no verdicts. Part of the hash. */
type ChunkFailure = "timed_out" | "tracking_failed" | "cancelled";

export type OpenChunk = {
  runId: string;
  chunkNo: number;
  sliceNo: number;
  indicatorId: string;
  indicatorVersion: number;
  checkId: string | null;
  assetIds: string[];
  attempt: number;
};

export type NewChunk = Omit<OpenChunk, "attempt"> & { state: "planned" | "sent"; deadlineAt: Date | undefined };

export async function insertChunks(tx: Tx, chunks: readonly NewChunk[]): Promise<void> {
  const rows = chunks.map((chunk) => ({
    run_id: chunk.runId,
    chunk_no: chunk.chunkNo,
    slice_no: chunk.sliceNo,
    indicator_id: chunk.indicatorId,
    indicator_version: chunk.indicatorVersion,
    check_id: chunk.checkId,
    asset_ids: chunk.assetIds,
    state: chunk.state,
    deadline_at: chunk.deadlineAt?.toISOString(),
  }));
  await statement(
    "run_chunk.insert",
    tx`
    insert into run_chunk (run_id, chunk_no, slice_no, indicator_id, indicator_version, check_id, asset_ids, state, deadline_at)
    select run_id, chunk_no, slice_no, indicator_id, indicator_version, check_id, asset_ids, state, deadline_at
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as row (
      run_id uuid, chunk_no integer, slice_no integer, indicator_id uuid, indicator_version integer, check_id uuid, asset_ids uuid[],
      state text, deadline_at timestamptz
    )`,
  );
}

/** Ids travel as one text: the driver reads arrays letter by letter, which was the dearest part of judging. */
type WithIdText<T extends { assetIds: string[] }> = Omit<T, "assetIds"> & { assetIds: string };

function withIds<T extends { assetIds: string[] }>(row: WithIdText<T>): T {
  // The type parameter differs from the row in this one field only.
  return { ...row, assetIds: row.assetIds.split(",") } as unknown as T;
}

/** Chunks that wait for these checks, locked; a check that was answered, timed out or was cancelled has none. */
export async function lockSentChunks(tx: Tx, checkIds: readonly string[]): Promise<OpenChunk[]> {
  const rows = await statement(
    "run_chunk.lock_sent",
    tx<WithIdText<OpenChunk>[]>`
    select run_id as "runId", chunk_no as "chunkNo", slice_no as "sliceNo", indicator_id as "indicatorId",
      indicator_version as "indicatorVersion", check_id as "checkId", array_to_string(asset_ids, ',') as "assetIds", attempt
    from run_chunk where check_id = any(${[...checkIds]}::uuid[]) and state = 'sent'
    order by run_id, chunk_no for no key update`,
  );
  return rows.map((row) => withIds<OpenChunk>(row));
}

export type JudgedChunk = {
  runId: string;
  chunkNo: number;
  counts: Counts;
  assetVersions: number[];
  hash: Uint8Array;
};

export async function endJudgedChunks(tx: Tx, chunks: readonly JudgedChunk[], endedAt: Date): Promise<void> {
  const rows = chunks.map(({ runId, chunkNo, counts, assetVersions, hash }) => ({
    run_id: runId,
    chunk_no: chunkNo,
    violated_count: counts.violated,
    clear_count: counts.clear,
    unknown_count: counts.unknown,
    asset_versions: assetVersions,
    hash: Buffer.from(hash).toString("hex"),
  }));
  await statement(
    "run_chunk.end_judged",
    tx`
    update run_chunk c set state = 'judged', violated_count = row.violated_count, clear_count = row.clear_count,
      unknown_count = row.unknown_count, asset_versions = row.asset_versions, hash = decode(row.hash, 'hex'), ended_at = ${endedAt}
    from jsonb_to_recordset(${jsonRows(tx, rows)}) as row (
      run_id uuid, chunk_no integer, violated_count integer, clear_count integer, unknown_count integer, asset_versions bigint[], hash text
    )
    where c.run_id = row.run_id and c.chunk_no = row.chunk_no`,
  );
}

export type FailedChunks = {
  runId: string;
  chunkNos: readonly number[];
  failure: ChunkFailure;
  detail: string;
  endedAt: Date;
};

/** Ends chunks without verdicts. The hash is the one that domain/verdict-hash.ts makes of failed members. */
export async function endFailedChunks(
  tx: Tx,
  { runId, chunkNos, failure, detail, endedAt }: FailedChunks,
): Promise<number> {
  const result = await tx`
    update run_chunk set state = ${failure === "timed_out" ? "timed_out" : "failed"}, failure = ${failure}, failure_detail = ${detail},
      failed_count = cardinality(asset_ids), ended_at = ${endedAt},
      hash = (
        select sha256(convert_to(string_agg(id::text || ${`:failed:${failure}`} || e'\n', '' order by id), 'UTF8')) from unnest(asset_ids) as id
      )
    where run_id = ${runId} and chunk_no = any(${[...chunkNos]}::int[]) and state in ('planned', 'sent')`;
  return result.count;
}

export async function lockOpenChunkNos(tx: Tx, runId: string): Promise<number[]> {
  const rows = await tx<{ chunkNo: number }[]>`
    select chunk_no as "chunkNo" from run_chunk where run_id = ${runId} and state in ('planned', 'sent')
    order by chunk_no for no key update`;
  return rows.map((row) => row.chunkNo);
}

export async function hasOpenChunks(sql: Queryable, runId: string): Promise<boolean> {
  const [row] = await sql<{ open: boolean }[]>`
    select exists (select from run_chunk where run_id = ${runId} and state in ('planned', 'sent')) as open`;
  return row?.open ?? false;
}

/** Chunks whose answer is overdue, locked, those of at most `checksMax` checks. */
export async function lockOverdueChunks(tx: Tx, runId: string, now: Date, checksMax: number): Promise<OpenChunk[]> {
  const rows = await tx<WithIdText<OpenChunk>[]>`
    select run_id as "runId", chunk_no as "chunkNo", slice_no as "sliceNo", indicator_id as "indicatorId",
      indicator_version as "indicatorVersion", check_id as "checkId", array_to_string(asset_ids, ',') as "assetIds", attempt
    from run_chunk
    where run_id = ${runId} and state = 'sent' and check_id in (
      select check_id from run_chunk where run_id = ${runId} and state = 'sent' and deadline_at <= ${now}
      group by check_id order by check_id limit ${checksMax}
    )
    order by chunk_no for no key update`;
  return rows.map((row) => withIds<OpenChunk>(row));
}

export async function noteSecondAttempt(
  tx: Tx,
  runId: string,
  chunkNos: readonly number[],
  deadlineAt: Date,
): Promise<void> {
  await tx`
    update run_chunk set attempt = attempt + 1, deadline_at = ${deadlineAt}
    where run_id = ${runId} and chunk_no = any(${[...chunkNos]}::int[]) and state = 'sent'`;
}

export type ChunkTotals = { countsByIndicator: Record<string, Counts>; endedCount: number };

/** Present counts of a run by indicator key; what has not ended is planned only. */
export async function sumChunks(sql: Queryable, runId: string): Promise<ChunkTotals> {
  const rows = await statement(
    "run_chunk.sum",
    sql<(Counts & { key: string; ended: number })[]>`
    select i.indicator_key as key, coalesce(sum(cardinality(c.asset_ids)), 0)::bigint as planned,
      coalesce(sum(c.violated_count), 0)::bigint as violated, coalesce(sum(c.clear_count), 0)::bigint as clear,
      coalesce(sum(c.unknown_count), 0)::bigint as unknown, coalesce(sum(c.failed_count), 0)::bigint as failed, count(c.ended_at) as ended
    from run_indicator i left join run_chunk c on c.run_id = i.run_id and c.indicator_id = i.indicator_id
    where i.run_id = ${runId} group by i.indicator_key order by i.indicator_key limit 1000`,
  );
  return {
    countsByIndicator: Object.fromEntries(rows.map(({ key, ended: _, ...counts }) => [key, counts])),
    endedCount: rows.reduce((sum, row) => sum + row.ended, 0),
  };
}

/** Hashes in chunk number order. */
export async function listChunkHashes(sql: Queryable, runId: string): Promise<Uint8Array[]> {
  const rows = await sql<{ hash: Uint8Array }[]>`
    select hash from run_chunk where run_id = ${runId} and hash is not null order by chunk_no limit 1000000`;
  return rows.map((row) => row.hash);
}

export type EndedChunk = {
  chunkNo: number;
  indicatorId: string;
  state: ChunkState;
  failure: ChunkFailure | null;
  assetIds: string[];
  assetVersions: number[] | null;
};

export async function listChunksOfSlice(sql: Queryable, runId: string, sliceNo: number): Promise<EndedChunk[]> {
  const rows = await sql<WithIdText<EndedChunk>[]>`
    select chunk_no as "chunkNo", indicator_id as "indicatorId", state, failure, array_to_string(asset_ids, ',') as "assetIds", asset_versions as "assetVersions"
    from run_chunk where run_id = ${runId} and slice_no = ${sliceNo} order by chunk_no limit 1000`;
  return rows.map((row) => withIds<EndedChunk>(row));
}

/** The first slice that has assets at this id or after it; slices divide the assets in id order. */
export async function findSlice(
  sql: Queryable,
  runId: string,
  fromAssetId: string | undefined,
): Promise<number | undefined> {
  const [row] = await sql<{ slice: number | null }[]>`
    select min(slice_no) as slice from run_chunk
    where run_id = ${runId} ${fromAssetId === undefined ? sql`` : sql`and asset_ids[cardinality(asset_ids)] >= ${fromAssetId}::uuid`}`;
  return row?.slice ?? undefined;
}
