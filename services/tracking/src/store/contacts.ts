import { statement, type Tx } from "@dozor/runtime/database";

export type ContactRow = {
  deviceNo: number;
  at: Date;
  content: number;
  externalId: string;
  receivedAt: Date;
  batteryPercent: number | null;
  odometerKm: number | null;
  events: readonly string[];
  fixPlacedAt: Date | null;
  fixContent: number | null;
};

/** Stores what is new, by its id and by its content. Answers the keys of the new rows as "<deviceNo> <content>". */
export async function insertContacts(tx: Tx, rows: readonly ContactRow[]): Promise<Set<string>> {
  // Instants travel as milliseconds, which both sides write and read much faster than text.
  const wire = rows.map((row) => ({
    ...row,
    at: row.at.getTime(),
    receivedAt: row.receivedAt.getTime(),
    fixPlacedAt: row.fixPlacedAt?.getTime() ?? null,
  }));
  const inserted = await statement(
    "contact.insert",
    tx<{ key: string }[]>`
      insert into contact as c (device_no, at, content, external_id, received_at, battery_percent, odometer_km, events,
        fix_placed_at, fix_content)
      select "deviceNo", t.at, content, "externalId", to_timestamp("receivedAt" / 1000), "batteryPercent", "odometerKm",
        array(select json_array_elements_text(events)), to_timestamp("fixPlacedAt" / 1000), "fixContent"
      from json_to_recordset(${JSON.stringify(wire)}::text::json) as n (
        "deviceNo" bigint, at double precision, content bigint, "externalId" text, "receivedAt" double precision,
        "batteryPercent" double precision, "odometerKm" double precision, events json, "fixPlacedAt" double precision,
        "fixContent" bigint
      )
      cross join lateral (select to_timestamp(n.at / 1000) as at) t
      where not exists (
        select from contact known
        where known.device_no = n."deviceNo" and known.at = t.at and known.external_id = n."externalId"
      )
      on conflict (device_no, at, content) do nothing
      returning c.device_no || ' ' || c.content as key
    `,
  );
  return new Set(inserted.map((row) => row.key));
}
