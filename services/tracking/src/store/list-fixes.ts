import { type Queryable, statement } from "@dozor/runtime/database";
import type { ContactKey, HistoryQuestion } from "./list-contacts.ts";

export type ListedFix = {
  deviceNo: number;
  deviceId: string;
  placedAt: Date;
  at: Date;
  content: number;
  receivedAt: Date;
  lat: number;
  lon: number;
  source: number;
  accuracyM: number | null;
  satellites: number | null;
  flaw: number;
  region: string;
};

/** Fixes of the devices while they sat on the asset, newest first. Those whose own time cannot be are filed at their contact's. */
export async function listFixes(
  db: Queryable,
  question: HistoryQuestion<ContactKey>,
  includeFlawed: boolean,
): Promise<ListedFix[]> {
  const { assetId, fromAt, toAt, after, limit } = question;
  return await statement(
    "fix.list",
    db<ListedFix[]>`
      select f.device_no as "deviceNo", d.provider || ':' || d.external_id as "deviceId", f.placed_at as "placedAt", f.at,
        f.content, f.received_at as "receivedAt", f.lat, f.lon, f.source, f.accuracy_m as "accuracyM", f.satellites,
        f.flaw, f.region
      from sitting s
      join device d using (device_no)
      cross join lateral (
        select * from fix
        where device_no = s.device_no and placed_at >= greatest(s.from_at, ${fromAt})
          and placed_at < least(s.to_at, ${toAt}) ${includeFlawed ? db`` : db`and flaw = 0`}
          ${after === undefined ? db`` : db`and (placed_at, device_no, content) < (${after.at}, ${after.deviceNo}, ${after.content})`}
        order by placed_at desc, content desc limit ${limit}
      ) f
      where s.asset_id = ${assetId}
      order by f.placed_at desc, f.device_no desc, f.content desc
      limit ${limit}
    `,
  );
}
