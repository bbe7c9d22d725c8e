import { statement, type Tx } from "@dozor/runtime/database";
import type { RefusedItem } from "../domain/provider-report.ts";

/** Keeps what contradicts the contract, once for each content however often it comes. */
export async function quarantine(
  tx: Tx,
  provider: string,
  kind: "device" | "contact" | "zone",
  items: readonly RefusedItem[],
): Promise<void> {
  if (items.length === 0) return;
  const unique = new Map(
    items.map((item) => {
      const fingerprint = new Bun.CryptoHasher("sha256").update(`${item.reason}\n${item.raw}`).digest("base64url");
      return [fingerprint, { ...item, fingerprint, raw: item.raw.replaceAll("\0", "\\0") }];
    }),
  );
  await statement(
    "quarantine.add",
    tx`
      insert into quarantine as q (provider, kind, external_id, reason, raw, fingerprint)
      select ${provider}, ${kind}, "externalId", reason, raw, fingerprint
      from json_to_recordset(${JSON.stringify([...unique.values()])}::text::json) as n (
        "externalId" text, reason text, raw text, fingerprint text
      )
      on conflict (provider, kind, fingerprint) do update set seen_count = q.seen_count + 1, last_seen_at = now()
    `,
  );
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
