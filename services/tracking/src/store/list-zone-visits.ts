import { type Queryable, statement } from "@dozor/runtime/database";
import type { HistoryQuestion } from "./list-contacts.ts";

export type ListedVisit = {
  zoneId: string;
  zoneName: string;
  zoneVersion: number;
  enteredAt: Date;
  leftAt: Date | null;
};

/** Visits that touch the interval, newest first. */
export async function listZoneVisits(
  db: Queryable,
  question: HistoryQuestion<{ enteredAt: Date; zoneId: string }>,
): Promise<ListedVisit[]> {
  const { assetId, fromAt, toAt, after, limit } = question;
  return await statement(
    "zone_visit.list",
    db<ListedVisit[]>`
      select v.zone_id as "zoneId", z.name as "zoneName", v.zone_version as "zoneVersion", v.entered_at as "enteredAt",
        v.left_at as "leftAt"
      from zone_visit v join zone z using (zone_id)
      where v.asset_id = ${assetId} and v.entered_at < ${toAt} and (v.left_at is null or v.left_at > ${fromAt})
        ${after === undefined ? db`` : db`and (v.entered_at, v.zone_id) < (${after.enteredAt}, ${after.zoneId}::uuid)`}
      order by v.entered_at desc, v.zone_id desc
      limit ${limit}
    `,
  );
}
