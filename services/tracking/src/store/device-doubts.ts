import type { Queryable } from "@dozor/runtime/database";
import { matchings } from "../domain/sittings.ts";

// What findings are kept equal to: rows of entity_id, source and evidence.

/**
 * Assets that are to carry a tracker for at least so many days and had none on them for as long. A device that was there within these days is only being
 * changed.
 *
 * @param businessDate YYYY-MM-DD
 */
export const missingTrackers = (
  sql: Queryable,
  { businessDate, now, days }: { businessDate: string; now: Date; days: number },
) => sql`
  select asset.asset_id::text as entity_id, asset.source, jsonb_build_object(
    'vin', vin_norm, 'plate', plate_norm, 'expectedFrom', tracker_expected_from, 'lastSittingEndedAt', earlier.ended_at
  ) as evidence
  from asset
  left join lateral (select max(to_at) as ended_at from sitting where sitting.asset_id = asset.asset_id) as earlier on true
  where is_matchable
    and tracker_expected_from <= ${businessDate}::date - ${days}::integer
    and (tracker_expected_until is null or tracker_expected_until >= ${businessDate}::date)
    and not exists (
      select from sitting
      where sitting.asset_id = asset.asset_id and from_at <= ${now}::timestamptz
        and to_at > ${now}::timestamptz - make_interval(days => ${days}::integer)
    )`;

/** Devices that sit somewhere now, on no asset that anybody knows or on one of several. The id is "provider/id at the provider". */
export const unmatchedDevices = (sql: Queryable, now: Date) => sql`
  select distinct on (device.device_no) concat(device.provider, '/', device.external_id) as entity_id, device.provider as source,
    jsonb_build_object(
      'vin', device.vin, 'plate', device.plate, 'imei', device.imei,
      'matching', case sitting.matching when ${matchings.ambiguous}::smallint then 'several assets' else 'no asset' end
    ) as evidence
  from sitting join device using (device_no)
  where sitting.matching in (${matchings.ambiguous}::smallint, ${matchings.none}::smallint) and device.listed_at is not null
    and from_at <= ${now}::timestamptz and to_at > ${now}::timestamptz
  order by device.device_no, from_at desc`;

/** Rows of source and entity_count: listed devices of each provider that were not removed, and assets of each source that are to carry a tracker. */
export const judgedEntities = (sql: Queryable, now: Date, businessDate: string) => sql`
  select provider.name as source, count(device_no) as entity_count
  from provider left join device on device.provider = provider.name and listed_at is not null
    and (removed_at is null or removed_at > ${now}::timestamptz)
  group by provider.name
  union all
  select source, count(*) from asset
  where is_matchable and source <> '' and tracker_expected_from <= ${businessDate}::date
    and (tracker_expected_until is null or tracker_expected_until >= ${businessDate}::date)
  group by source`;

/** Rows of source, entity_id and rule for devices that a provider described against its contract, as long as nobody settled that. */
export const refusedDevices = (sql: Queryable) => sql`
  select distinct quarantine.provider as source, concat(quarantine.provider, '/', quarantine.external_id) as entity_id, 'quarantined' as rule
  from quarantine join integration_message as message using (record_id)
  where quarantine.kind = 'device' and message.request_state = 4 and message.skipped_at is null`;
