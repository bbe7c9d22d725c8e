import { type Queryable, statement } from "@dozor/runtime/database";
import { type ZoneRow, zoneColumns } from "./zones.ts";

export type ListedZone = ZoneRow & { assetCount: number };

export type ZoneQuestion = {
  namePrefix: string;
  /** 0 for any. */
  origin: number;
  includeArchived: boolean;
  after: { name: string; zoneId: string } | undefined;
  limit: number;
};

function counted(db: Queryable) {
  return db`
    ${zoneColumns(db)},
    (select count(*) from zone_visit v where v.zone_id = z.zone_id and v.left_at is null) as "assetCount"
  `;
}

/** Zones in the order of their names. */
export async function listZones(db: Queryable, question: ZoneQuestion): Promise<ListedZone[]> {
  const { namePrefix, origin, includeArchived, after, limit } = question;
  return await statement(
    "zone.list",
    db<ListedZone[]>`
      select ${counted(db)} from zone z
      where starts_with(z.name, ${namePrefix})
        ${origin === 0 ? db`` : db`and z.origin = ${origin}`}
        ${includeArchived ? db`` : db`and z.archived_at is null`}
        ${after === undefined ? db`` : db`and (z.name collate "C", z.zone_id) > (${after.name}, ${after.zoneId}::uuid)`}
      order by z.name collate "C", z.zone_id
      limit ${limit}
    `,
  );
}

export async function getZone(db: Queryable, zoneId: string): Promise<ListedZone | undefined> {
  const [row] = await statement(
    "zone.get",
    db<ListedZone[]>`select ${counted(db)} from zone z where z.zone_id = ${zoneId}`,
  );
  return row;
}

export async function zoneOfRequest(db: Queryable, requestId: string): Promise<string | undefined> {
  const [row] = await statement(
    "zone.of_request",
    db<{ zone_id: string }[]>`select zone_id from zone where request_id = ${requestId}`,
  );
  return row?.zone_id;
}
