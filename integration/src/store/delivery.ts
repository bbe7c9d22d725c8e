import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import { fingerprintOf } from "../fingerprint.ts";
import { maskedText } from "../mask-secrets.ts";
import type { OutgoingMessage } from "../sender.ts";

/** `attempts` counts the one that is begun with the claim; `number` is its number among all the message ever had. */
export type ClaimedMessage = OutgoingMessage & { attempts: number; number: number; failures: number };

/** An attempt that ended, and what follows from it. */
export type Settlement = {
  message: ClaimedMessage;
  /** Absent when nobody knows how long it took. */
  durationMs: number | undefined;
  status: number | undefined;
  excerpt: string;
} & (
  | { state: "processed" }
  | { state: "failed"; error: string }
  | { state: "waiting"; error: string; delayMs: number }
);

/** Whether there is anything to send to these queues now, or an attempt whose end nobody wrote down. */
export async function hasDeliveries(sql: Queryable, sources: readonly string[]): Promise<boolean> {
  const [row] = await statement(
    "integration_lane.is_due",
    sql<{ isDue: boolean }[]>`
      select exists (select from integration_lane where claimed_epoch is not null) or exists (
        select from integration_lane r where r.source = any(${[...sources]}::text[]) and ${isReady(sql)}
      ) as "isDue"`,
  );
  return row?.isDue === true;
}

/** Of a lane r: its first message may be sent now. */
function isReady(sql: Queryable) {
  return sql`
    not r.is_blocked and r.claimed_epoch is null and r.next_attempt_at <= clock_timestamp()
    and not exists (
      select from integration_pause p where p.direction = 2 and p.source = r.source and p.object_id in ('', r.object_id)
    )`;
}

/**
 * Takes the first messages of at most `limit` lanes of a queue that may be sent now, and writes an attempt for each: a process that dies before the answer
 * leaves an attempt whose outcome nobody knows. Paused lanes and queues are left alone.
 */
export async function claimMessages(
  tx: Tx,
  { source, epoch, limit }: { source: string; epoch: number; limit: number },
): Promise<ClaimedMessage[]> {
  // Materialized: joined for what it is, the list may be asked once for every lane and give other ones each time, more than its limit in all.
  const lanes = await statement(
    "integration_lane.claim",
    tx<{ id: string }[]>`
      with ready as materialized (
        select source, object_id from integration_lane r
        where r.source = ${source} and ${isReady(tx)}
        order by r.head_record_id limit ${limit} for update skip locked
      )
      update integration_lane l set claimed_epoch = ${epoch} from ready
      where l.source = ready.source and l.object_id = ready.object_id
      returning l.head_record_id as id`,
  );
  if (lanes.length === 0) return [];
  const ids = lanes.map(({ id }) => id);
  const messages = await statement(
    "integration_message.claim",
    tx<Omit<ClaimedMessage, "number">[]>`
      update integration_message set request_state = 2, attempts = attempts + 1, next_attempt_at = null
      where record_id = any(${ids}::uuid[]) and direction = 2 and request_state in (1, 2)
      returning record_id as "recordId", source, object_id as "objectId", request_type as "requestType", body,
        date_time as "writtenAt", attempts, failures`,
  );
  const numbers = await statement(
    "integration_attempt.begin",
    tx<{ recordId: string; number: number }[]>`
      insert into integration_attempt (record_id, number)
      select claimed.id, coalesce(max(known.number), 0) + 1
      from unnest(${messages.map(({ recordId }) => recordId)}::uuid[]) as claimed (id)
        left join integration_attempt known on known.record_id = claimed.id
      group by claimed.id
      returning record_id as "recordId", number`,
  );
  const numberOf = new Map(numbers.map(({ recordId, number }) => [recordId, number]));
  return messages.map((message) => ({ ...message, number: numberOf.get(message.recordId) ?? 1 }));
}

/** Messages whose attempt was begun by an earlier epoch and never ended: whoever began it died or was overtaken. */
export async function readInterrupted(sql: Queryable, epoch: number, limit: number): Promise<ClaimedMessage[]> {
  return await statement(
    "integration_lane.read_interrupted",
    sql<ClaimedMessage[]>`
      select m.record_id as "recordId", m.source, m.object_id as "objectId", m.request_type as "requestType", m.body,
        m.date_time as "writtenAt", m.attempts, m.failures,
        coalesce((select max(number) from integration_attempt a where a.record_id = m.record_id), 0) as number
      from integration_lane l join integration_message m on m.record_id = l.head_record_id
      where l.claimed_epoch < ${epoch}
      order by l.claimed_epoch, l.head_record_id limit ${limit}`,
  );
}

/** Writes what became of attempts. The lanes of messages that ended follow by themselves. */
export async function settleMessages(tx: Tx, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  const ordered = settlements.toSorted((a, b) => (a.message.recordId < b.message.recordId ? -1 : 1));
  const ids = ordered.map(({ message }) => message.recordId);
  const errors = ordered.map((each) => (each.state === "processed" ? "" : maskedText(each.error).slice(0, 4_000)));
  await statement(
    "integration_attempt.end",
    tx`
      update integration_attempt a set duration_ms = given.duration_ms, status = given.status, error = nullif(given.error, ''),
        response_excerpt = given.excerpt
      from unnest(
        ${ids}::uuid[], ${ordered.map(({ message }) => message.number)}::integer[],
        ${ordered.map(({ durationMs }) => (durationMs === undefined ? null : Math.round(durationMs)))}::integer[],
        ${ordered.map(({ status }) => status ?? null)}::integer[], ${errors}::text[],
        ${ordered.map(({ excerpt }) => maskedText(excerpt).slice(0, 4_000))}::text[]
      ) as given (record_id, number, duration_ms, status, error, excerpt)
      where a.record_id = given.record_id and a.number = given.number`,
  );
  const delays = ordered.map((each) => (each.state === "waiting" ? each.delayMs : null));
  await statement(
    "integration_lane.wait",
    tx`
      update integration_lane l set claimed_epoch = null,
        next_attempt_at = clock_timestamp() + coalesce(given.delay_ms, 0) * interval '1 millisecond'
      from unnest(
        ${ids}::uuid[], ${ordered.map(({ message }) => message.source)}::text[],
        ${ordered.map(({ message }) => message.objectId)}::text[], ${delays}::float8[]
      ) as given (record_id, source, object_id, delay_ms)
      where l.source = given.source and l.object_id = given.object_id and l.head_record_id = given.record_id`,
  );
  await statement(
    "integration_message.settle",
    tx`
      update integration_message m set request_state = given.state, description = given.error, fingerprint = given.fingerprint,
        next_attempt_at = clock_timestamp() + given.delay_ms * interval '1 millisecond',
        failures = failures + (given.state = 4)::integer
      from unnest(
        ${ids}::uuid[], ${ordered.map(({ state }) => ({ waiting: 2, processed: 3, failed: 4 })[state])}::smallint[],
        ${errors}::text[], ${errors.map(fingerprintOf)}::text[], ${delays}::float8[]
      ) as given (record_id, state, error, fingerprint, delay_ms)
      where m.record_id = given.record_id and m.direction = 2 and m.request_state = 2`,
  );
}
