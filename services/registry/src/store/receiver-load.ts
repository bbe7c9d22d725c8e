import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { EntityName } from "../domain/entities.ts";

/** What a receiver is to be sent of one kind. */
export type ReceivedKind = { receiver: string; kind: EntityName };

export type ReceiverLoadRow = ReceivedKind & {
  readCount: number;
  queuedCount: number;
  beganAt: Date;
  endedAt: Date | null;
  askedBy: string;
  reason: string;
};

/** Whether any of these has not been sent everything there is. */
export async function hasUnfinishedLoads(sql: Queryable, wanted: readonly ReceivedKind[]): Promise<boolean> {
  const [row] = await statement(
    "receiver_load.is_due",
    sql<{ isDue: boolean }[]>`
      select exists (
        select from ${wantedRows(sql, wanted)} left join receiver_load l using (receiver, kind) where l.ended_at is null
      ) as "isDue"`,
  );
  return row?.isDue === true;
}

/** Begins the loads that never began, and answers all that have not ended in the order given. */
export async function openLoads(tx: Tx, wanted: readonly ReceivedKind[]): Promise<ReceivedKind[]> {
  await statement(
    "receiver_load.begin",
    tx`
      insert into receiver_load (receiver, kind) select receiver, kind from ${wantedRows(tx, wanted)}
      on conflict (receiver, kind) do nothing`,
  );
  return await statement(
    "receiver_load.read_open",
    tx<ReceivedKind[]>`
      select receiver, kind from ${wantedRows(tx, wanted)} join receiver_load l using (receiver, kind)
      where l.ended_at is null order by wanted.number`,
  );
}

export type LoadPlace = { afterId: string; isRepeat: boolean };

/** Where an open load goes on, locked against being asked for again meanwhile. Undefined when it has ended. */
export async function lockLoad(tx: Tx, { receiver, kind }: ReceivedKind): Promise<LoadPlace | undefined> {
  const [place] = await statement(
    "receiver_load.lock",
    tx<LoadPlace[]>`
      select after_id as "afterId", asked_by <> '' as "isRepeat" from receiver_load
      where receiver = ${receiver} and kind = ${kind} and ended_at is null for update`,
  );
  return place;
}

export type EntityVersion = { id: string; externalId: string; version: number };

/**
 * The next entities of a kind in id order, locked against change until the transaction ends: a newer version of one of them is then written, and told of,
 * after what this transaction tells.
 */
export async function lockEntitiesAfter(
  tx: Tx,
  kind: EntityName,
  { afterId, limit }: { afterId: string; limit: number },
): Promise<EntityVersion[]> {
  return await statement(
    "receiver_load.page",
    tx<EntityVersion[]>`
      select id, external_id as "externalId", version from ${tx(kind)} where id > ${afterId} order by id limit ${limit} for share`,
  );
}

export async function advanceLoad(
  tx: Tx,
  { receiver, kind }: ReceivedKind,
  { afterId, read, queued, ended }: { afterId: string; read: number; queued: number; ended: boolean },
): Promise<void> {
  await statement(
    "receiver_load.advance",
    tx`
      update receiver_load set after_id = ${afterId}, read_count = read_count + ${read}, queued_count = queued_count + ${queued},
        ended_at = case when ${ended} then clock_timestamp() end
      where receiver = ${receiver} and kind = ${kind}`,
  );
}

/** Begins loads anew, for a person who said why. */
export async function restartLoads(
  tx: Tx,
  wanted: readonly ReceivedKind[],
  { askedBy, reason }: { askedBy: string; reason: string },
): Promise<void> {
  await statement(
    "receiver_load.restart",
    tx`
      insert into receiver_load (receiver, kind, asked_by, reason)
      select receiver, kind, ${askedBy}, ${reason} from ${wantedRows(tx, wanted)}
      on conflict (receiver, kind) do update set after_id = default, read_count = 0, queued_count = 0, began_at = clock_timestamp(),
        ended_at = null, asked_by = excluded.asked_by, reason = excluded.reason`,
  );
}

/** Those that ever began. */
export async function readLoads(sql: Queryable, receivers: readonly string[]): Promise<ReceiverLoadRow[]> {
  return await statement(
    "receiver_load.read",
    sql<ReceiverLoadRow[]>`
      select receiver, kind, read_count as "readCount", queued_count as "queuedCount", began_at as "beganAt", ended_at as "endedAt",
        asked_by as "askedBy", reason
      from receiver_load where receiver = any(${[...receivers]}::text[])`,
  );
}

function wantedRows(sql: Queryable, wanted: readonly ReceivedKind[]) {
  return sql`unnest(
    ${wanted.map(({ receiver }) => receiver)}::text[], ${wanted.map(({ kind }) => kind)}::text[]
  ) with ordinality as wanted (receiver, kind, number)`;
}
