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
  const inserted = await statement(
    "contact.insert",
    tx<{ key: string }[]>`
      insert into contact as c (device_no, at, content, external_id, received_at, battery_percent, odometer_km, events,
        fix_placed_at, fix_content)
      select "deviceNo", at, content, "externalId", "receivedAt", "batteryPercent", "odometerKm",
        array(select json_array_elements_text(events)), "fixPlacedAt", "fixContent"
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as n (
        "deviceNo" bigint, at timestamptz, content bigint, "externalId" text, "receivedAt" timestamptz,
        "batteryPercent" double precision, "odometerKm" double precision, events json, "fixPlacedAt" timestamptz,
        "fixContent" bigint
      )
      where not exists (
        select from contact known
        where known.device_no = n."deviceNo" and known.at = n.at and known.external_id = n."externalId"
      )
      on conflict (device_no, at, content) do nothing
      returning c.device_no || ' ' || c.content as key
    `,
  );
  return new Set(inserted.map((row) => row.key));
}
