import { type Queryable, statement } from "@dozor/runtime/database";

/** Objects of which something waits for a receiver, and those of them that are held up by what failed. */
export type LaneCounts = { unfinished: number; blocked: number };

/** By receiver; those for which nothing waits are left out. */
export async function countLanes(sql: Queryable, sources: readonly string[]): Promise<Map<string, LaneCounts>> {
  const rows = await statement(
    "integration_lane.count",
    sql<(LaneCounts & { source: string })[]>`
      select source, count(*)::integer as unfinished, (count(*) filter (where is_blocked))::integer as blocked
      from integration_lane where source = any(${[...sources]}::text[]) group by source`,
  );
  return new Map(rows.map(({ source, ...counts }) => [source, counts]));
}

/** Of the given versions of objects, the ids of those that the journal has a message of for this receiver. */
export async function readTold(
  sql: Queryable,
  source: string,
  objects: readonly { objectId: string; version: string }[],
): Promise<Set<string>> {
  const told = await statement(
    "integration_message.read_told",
    sql<{ objectId: string }[]>`
      select given.object_id as "objectId"
      from unnest(
        ${objects.map(({ objectId }) => objectId)}::text[], ${objects.map(({ version }) => version)}::text[]
      ) as given (object_id, object_version)
      where exists (
        select from integration_message m
        where m.direction = 2 and m.source = ${source} and m.object_id = given.object_id and m.object_version = given.object_version
      )`,
  );
  return new Set(told.map(({ objectId }) => objectId));
}
