import { type Queryable, statement } from "@dozor/runtime/database";

export type Freshness = { freshness: "day" | "three_days" | "week" | "older" | "never"; assetCount: number };

/** How many assets with a device were last heard how long ago. */
export async function assetFreshness(db: Queryable, now: Date): Promise<Freshness[]> {
  return await statement(
    "sitting.freshness",
    db<Freshness[]>`
      select f.freshness, count(a.asset_id) as "assetCount"
      from unnest(array['day', 'three_days', 'week', 'older', 'never']) as f (freshness)
      left join (
        select asset_id, case
          when max(last_contact_at) is null then 'never'
          when max(last_contact_at) > ${now}::timestamptz - interval '1 day' then 'day'
          when max(last_contact_at) > ${now}::timestamptz - interval '3 days' then 'three_days'
          when max(last_contact_at) > ${now}::timestamptz - interval '7 days' then 'week'
          else 'older'
        end as freshness
        from sitting
        where asset_id is not null and from_at <= ${now} and to_at > ${now}
        group by asset_id
      ) a using (freshness)
      group by f.freshness order by f.freshness
    `,
  );
}
