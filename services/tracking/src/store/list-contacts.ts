import { type Queryable, statement } from "@dozor/runtime/database";

/** [fromAt, toAt) of one asset, going on after the last row of the page before. */
export type HistoryQuestion<C> = { assetId: string; fromAt: Date; toAt: Date; after: C | undefined; limit: number };

export type ListedContact = {
  contactId: string;
  deviceNo: number;
  deviceId: string;
  at: Date;
  content: number;
  receivedAt: Date;
  batteryPercent: number | null;
  odometerKm: number | null;
  events: string[];
  fixAt: Date | null;
  fixContent: number | null;
  fixReceivedAt: Date | null;
  lat: number | null;
  lon: number | null;
  source: number | null;
  accuracyM: number | null;
  satellites: number | null;
  flaw: number | null;
  region: string | null;
};

export type ContactKey = { at: Date; deviceNo: number; content: number };

/** Contacts of the devices while they sat on the asset, newest first. */
export async function listContacts(db: Queryable, question: HistoryQuestion<ContactKey>): Promise<ListedContact[]> {
  const { assetId, fromAt, toAt, after, limit } = question;
  return await statement(
    "contact.list",
    db<ListedContact[]>`
      select d.provider || ':' || c.external_id as "contactId", c.device_no as "deviceNo",
        d.provider || ':' || d.external_id as "deviceId", c.at, c.content, c.received_at as "receivedAt",
        c.battery_percent as "batteryPercent", c.odometer_km as "odometerKm", c.events, f.at as "fixAt",
        f.content as "fixContent", f.received_at as "fixReceivedAt", f.lat, f.lon, f.source,
        f.accuracy_m as "accuracyM", f.satellites, f.flaw, f.region
      from sitting s
      join device d using (device_no)
      cross join lateral (
        select * from contact
        where device_no = s.device_no and at >= greatest(s.from_at, ${fromAt}) and at < least(s.to_at, ${toAt})
          ${after === undefined ? db`` : db`and (at, device_no, content) < (${after.at}, ${after.deviceNo}, ${after.content})`}
        order by at desc, content desc limit ${limit}
      ) c
      left join fix f on f.device_no = c.device_no and f.placed_at = c.fix_placed_at and f.content = c.fix_content
      where s.asset_id = ${assetId}
      order by c.at desc, c.device_no desc, c.content desc
      limit ${limit}
    `,
  );
}
