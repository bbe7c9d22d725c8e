import { statement, type Tx } from "@dozor/runtime/database";
import type { ItemKind, RefusedItem } from "../domain/provider-report.ts";
import { listSettledRefusals, writeRefused } from "./journal.ts";

type Kept = { fingerprint: string; recordId: string | null };

/** Keeps what contradicts the contract, once for each content however often it comes, each with a message of the journal that waits for somebody. */
export async function quarantine(
  tx: Tx,
  provider: string,
  kind: ItemKind,
  items: readonly RefusedItem[],
): Promise<void> {
  if (items.length === 0) return;
  const unique = new Map(items.map((item) => [fingerprintOf(item), item]));
  const kept = await keep(tx, provider, kind, unique);
  const settled = await listSettledRefusals(
    tx,
    kept.flatMap(({ recordId }) => recordId ?? []),
  );
  const untold = kept.filter(({ recordId }) => recordId === null || settled.has(recordId));
  const messages = untold.flatMap(({ fingerprint }) => unique.get(fingerprint) ?? []);
  const recordIds = await writeRefused(tx, provider, kind, messages);
  if (recordIds.length === 0) return;
  await statement(
    "quarantine.link",
    tx`
      update quarantine q set record_id = given.record_id
      from unnest(${untold.map(({ fingerprint }) => fingerprint)}::text[], ${recordIds}::uuid[]) as given (fingerprint, record_id)
      where q.provider = ${provider} and q.kind = ${kind} and q.fingerprint = given.fingerprint`,
  );
}

async function keep(
  tx: Tx,
  provider: string,
  kind: ItemKind,
  items: ReadonlyMap<string, RefusedItem>,
): Promise<Kept[]> {
  const rows = [...items].map(([fingerprint, item]) => ({
    ...item,
    fingerprint,
    raw: item.raw.replaceAll("\0", "\\0"),
  }));
  return await statement(
    "quarantine.add",
    tx<Kept[]>`
      insert into quarantine as q (provider, kind, external_id, reason, raw, fingerprint)
      select ${provider}, ${kind}, "externalId", reason, raw, fingerprint
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as n (
        "externalId" text, reason text, raw text, fingerprint text
      )
      on conflict (provider, kind, fingerprint) do update set seen_count = q.seen_count + 1, last_seen_at = now()
      returning q.fingerprint, q.record_id as "recordId"
    `,
  );
}

function fingerprintOf({ reason, raw }: RefusedItem): string {
  return new Bun.CryptoHasher("sha256").update(`${reason}\n${raw}`).digest("base64url");
}

/** Deletes rows not seen for so many days, at most `limit`; answers how many. */
export async function forgetQuarantined(tx: Tx, days: number, limit: number): Promise<number> {
  const rows = await statement(
    "quarantine.forget",
    tx`
      delete from quarantine where id in (
        select id from quarantine where last_seen_at < now() - make_interval(days => ${days})
        order by id limit ${limit}
      )
      returning 1
    `,
  );
  return rows.length;
}
