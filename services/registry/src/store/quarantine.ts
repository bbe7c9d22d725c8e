import type { QuarantineState } from "@dozor/proto/registry/v1/source";
import { type Queryable, statement, type Tx } from "@dozor/runtime/database";
import type { Reason } from "../domain/reading.ts";
import type { RawFormat, SourceRecord } from "../domain/source-record.ts";

export type RefusedRecord = { record: SourceRecord; externalId: string; reasons: readonly Reason[] };

const rawBytesMax = 1_048_576;

/** Keeps refused records, each once: the same record that comes again is counted. Answers those that are news, with the id under which the journal tells of them. */
export async function quarantineRecords(
  tx: Tx,
  source: string,
  refused: readonly RefusedRecord[],
): Promise<(RefusedRecord & { journalRecordId: string })[]> {
  const unique = new Map<string, { row: RefusedRecord; hash: string; count: number; journalRecordId: string }>();
  for (const row of refused) {
    const hash = new Bun.CryptoHasher("sha256").update(row.record.raw).digest("hex");
    const key = `${row.record.type}\n${row.externalId}\n${hash}`;
    const known = unique.get(key);
    unique.set(key, { row, hash, count: (known?.count ?? 0) + 1, journalRecordId: Bun.randomUUIDv7() });
  }
  const rows = [...unique.values()];
  if (rows.length === 0) return [];
  const kept = await statement(
    "quarantine.keep",
    tx<{ id: string }[]>`
      insert into quarantine as known
        (source, type, external_id, source_version, content_hash, format, raw, reasons, first_rule, received_count, journal_record_id)
      select ${source}, type, external_id, source_version, decode(content_hash, 'hex'), format, decode(raw, 'hex'),
        reasons::jsonb, first_rule, received_count::integer, journal_record_id::uuid
      from unnest(
        ${rows.map(({ row }) => row.record.type.slice(0, 300))}::text[],
        ${rows.map(({ row }) => row.externalId.slice(0, 300))}::text[],
        ${rows.map(({ row }) => row.record.sourceVersion.slice(0, 300))}::text[],
        ${rows.map(({ hash }) => hash)}::text[],
        ${rows.map(({ row }) => row.record.format)}::text[],
        ${rows.map(({ row }) => Buffer.from(row.record.raw.subarray(0, rawBytesMax)).toString("hex"))}::text[],
        ${rows.map(({ row }) => JSON.stringify(row.reasons))}::text[],
        ${rows.map(({ row }) => row.reasons[0]?.rule ?? "unknown")}::text[],
        ${rows.map(({ count }) => String(count))}::text[],
        ${rows.map(({ journalRecordId }) => journalRecordId)}::text[]
      ) as given (type, external_id, source_version, content_hash, format, raw, reasons, first_rule, received_count, journal_record_id)
      on conflict (source, type, external_id, content_hash) do update set
        received_count = known.received_count + excluded.received_count,
        source_version = excluded.source_version, reasons = excluded.reasons, first_rule = excluded.first_rule,
        journal_record_id = case when known.state = 1 then known.journal_record_id else excluded.journal_record_id end,
        state = 1, updated_at = now()
      returning journal_record_id as id`,
  );
  const ids = new Set(kept.map(({ id }) => id));
  return rows
    .filter(({ journalRecordId }) => ids.has(journalRecordId))
    .map(({ row, journalRecordId }) => ({ ...row, journalRecordId }));
}

/** A newer record of the same entity was accepted: what was refused before is history. */
export async function supersedeQuarantined(
  tx: Tx,
  source: string,
  accepted: readonly { type: string; externalId: string }[],
): Promise<void> {
  if (accepted.length === 0) return;
  await statement(
    "quarantine.supersede",
    tx`
      update quarantine set state = 3, updated_at = now()
      from unnest(
        ${accepted.map(({ type }) => type)}::text[], ${accepted.map(({ externalId }) => externalId)}::text[]
      ) as given (type, external_id)
      where quarantine.source = ${source} and quarantine.type = given.type
        and quarantine.external_id = given.external_id and quarantine.state = 1`,
  );
}

/**
 * An open record is about to be accepted: what was refused of the same entity before it was last received is history, what came after it is not.
 *
 * @returns the messages of the journal that tell of those
 */
export async function supersedeOlderQuarantined(tx: Tx, id: string): Promise<string[]> {
  const rows = await statement(
    "quarantine.supersede_older",
    tx<{ messageId: string }[]>`
      update quarantine set state = 3, updated_at = now()
      from quarantine own
      where own.id = ${id} and quarantine.source = own.source and quarantine.type = own.type
        and quarantine.external_id = own.external_id and quarantine.state = 1
        and (quarantine.updated_at, quarantine.journal_record_id) < (own.updated_at, own.journal_record_id)
      returning quarantine.journal_record_id as "messageId"`,
  );
  return rows.map(({ messageId }) => messageId);
}

export type QuarantineRow = {
  id: string;
  source: string;
  type: string;
  externalId: string;
  sourceVersion: string;
  reasons: Reason[];
  state: QuarantineState;
  receivedAt: Date;
  receivedCount: number;
};

/** Newest first, before the given place. */
export async function listQuarantined(
  sql: Queryable,
  { source, rule, state }: { source: string; rule: string; state: QuarantineState },
  page: { before: { receivedAt: string; id: string } | undefined; size: number },
): Promise<(QuarantineRow & { place: string })[]> {
  const { before } = page;
  return await statement(
    "quarantine.list",
    sql<(QuarantineRow & { place: string })[]>`
      select ${columns(sql)}, received_at::text as place from quarantine
      where true
        ${before === undefined ? sql`` : sql`and (received_at, id) < (${before.receivedAt}::text::timestamptz, ${before.id}::uuid)`}
        ${source === "" ? sql`` : sql`and source = ${source}`}
        ${rule === "" ? sql`` : sql`and reasons @> ${sql.json([{ rule }])}`}
        ${state === 0 ? sql`` : sql`and state = ${state}`}
      order by received_at desc, id desc limit ${page.size}`,
  );
}

/** Open records by the rule of their first reason. */
export async function countOpenQuarantined(sql: Queryable, source: string): Promise<Record<string, number>> {
  const rows = await statement(
    "quarantine.count_open",
    sql<{ rule: string; count: number }[]>`
      select first_rule as rule, count(*) as count from quarantine
      where state = 1 ${source === "" ? sql`` : sql`and source = ${source}`}
      group by first_rule order by first_rule`,
  );
  return Object.fromEntries(rows.map(({ rule, count }) => [rule, count]));
}

/** The open record that the message tells of; when none names it, that of the object in the same version, else the newest of the object. */
export async function findOpenQuarantined(
  tx: Tx,
  {
    journalRecordId,
    source,
    type,
    externalId,
    sourceVersion,
  }: { journalRecordId: string; source: string; type: string; externalId: string; sourceVersion: string },
): Promise<string | undefined> {
  const [row] = await statement(
    "quarantine.find_open",
    tx<{ id: string }[]>`
      select id from quarantine
      where source = ${source} and type = ${type} and external_id = ${externalId} and state = 1
      order by journal_record_id = ${journalRecordId} desc, source_version = ${sourceVersion} desc, updated_at desc, id desc limit 1`,
  );
  return row?.id;
}

export type QuarantinedRaw = QuarantineRow & { raw: Uint8Array; format: RawFormat; journalRecordId: string };

export async function getQuarantined(
  sql: Queryable,
  id: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<QuarantinedRaw | undefined> {
  const rows = await statement(
    "quarantine.get",
    sql<QuarantinedRaw[]>`
      select ${columns(sql)}, raw, format, journal_record_id as "journalRecordId" from quarantine where id = ${id} ${lock ? sql`for update` : sql``}`,
  );
  return rows[0];
}

/** Open records that match, oldest first, after the given place. */
export async function listOpenRaw(
  sql: Queryable,
  { source, rule }: { source: string; rule: string },
  { after, size }: { after: { receivedAt: string; id: string } | undefined; size: number },
): Promise<(QuarantinedRaw & { place: string })[]> {
  return await statement(
    "quarantine.list_open_raw",
    sql<(QuarantinedRaw & { place: string })[]>`
      select ${columns(sql)}, raw, format, received_at::text as place from quarantine
      where state = 1
        ${after === undefined ? sql`` : sql`and (received_at, id) > (${after.receivedAt}::text::timestamptz, ${after.id}::uuid)`}
        ${source === "" ? sql`` : sql`and source = ${source}`}
        ${rule === "" ? sql`` : sql`and reasons @> ${sql.json([{ rule }])}`}
      order by received_at, id limit ${size}`,
  );
}

export async function acceptQuarantined(tx: Tx, id: string): Promise<void> {
  await statement("quarantine.accept", tx`update quarantine set state = 2, updated_at = now() where id = ${id}`);
}

const columns = (sql: Queryable) => sql`
  id, source, type, external_id as "externalId", source_version as "sourceVersion", reasons, state,
  received_at as "receivedAt", received_count as "receivedCount"`;
