// Which relay publishes which lane. A lane belongs to one owner until its claim runs out; the claim's epoch is checked when rows are marked, so that a
// relay which slept through its claim marks nothing.

import { type Database, statement } from "./database.ts";

/** Epoch of each lane held. */
export type Claims = ReadonlyMap<number, number>;

/** Takes free and abandoned lanes and prolongs the own ones. */
export async function claimLanes({ sql }: Database, owner: string, claimMs: number): Promise<Claims> {
  const rows = await statement(
    "outbox_lane.claim",
    sql<{ lane: number; epoch: number }[]>`
      update runtime.outbox_lane set
        owner = ${owner},
        claim_epoch = claim_epoch + case when owner = ${owner} and claimed_until > clock_timestamp() then 0 else 1 end,
        claimed_until = clock_timestamp() + ${claimMs} * interval '1 millisecond'
      where lane in (
        select lane from runtime.outbox_lane
        where owner = ${owner} or claimed_until <= clock_timestamp()
        order by lane
        for update skip locked
      )
      returning lane, claim_epoch as epoch`,
  );
  return new Map(rows.map(({ lane, epoch }) => [lane, epoch]));
}

/** Gives the lanes back at once instead of letting the claim run out. */
export async function releaseLanes({ sql }: Database, owner: string): Promise<void> {
  await statement(
    "outbox_lane.release",
    sql`update runtime.outbox_lane set owner = null, claimed_until = '-infinity' where owner = ${owner}`,
  );
}

/** Marks messages as published as far as their lane is still held under the same epoch. */
export async function markPublished(
  { sql }: Database,
  owner: string,
  claims: Claims,
  ids: readonly string[],
): Promise<number> {
  const marked = await statement(
    "outbox.mark",
    sql`
      update runtime.outbox as message set published_at = clock_timestamp()
      from runtime.outbox_lane as lane
      join unnest(${[...claims.keys()]}::smallint[], ${[...claims.values()]}::bigint[]) as claim (lane, epoch)
        on claim.lane = lane.lane and claim.epoch = lane.claim_epoch
      where message.lane = lane.lane and lane.owner = ${owner} and message.id = any(${[...ids]}::uuid[])`,
  );
  return marked.count;
}
