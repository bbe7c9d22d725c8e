import { statement, type Tx } from "@dozor/runtime/database";
import type { ReportedDevice } from "../domain/provider-report.ts";

export type ChangedDevice = ReportedDevice & { deviceNo: number };

/** Writes what a listing says of devices. Answers those that are new or said something new. */
export async function upsertDevices(
  tx: Tx,
  provider: string,
  devices: readonly ReportedDevice[],
): Promise<ChangedDevice[]> {
  const rows = await statement(
    "device.upsert",
    tx<{ device_no: number; external_id: string }[]>`
      insert into device as d
        (provider, external_id, imei, series, name, vin, plate, installed_at, removed_at, listed_at)
      select ${provider}, "externalId", imei, series, name, vin, plate, "installedAt", "removedAt", now()
      from json_to_recordset(${JSON.stringify(devices)}::text::json) as n (
        "externalId" text, imei text, series text, name text, vin text, plate text,
        "installedAt" timestamptz, "removedAt" timestamptz
      )
      order by "externalId"
      on conflict (provider, external_id) do update set imei = excluded.imei, series = excluded.series,
        name = excluded.name, vin = excluded.vin, plate = excluded.plate, installed_at = excluded.installed_at,
        removed_at = excluded.removed_at, listed_at = coalesce(d.listed_at, excluded.listed_at)
      where d.listed_at is null
        or (d.imei, d.series, d.name, d.vin, d.plate, d.installed_at, d.removed_at) is distinct from
          (excluded.imei, excluded.series, excluded.name, excluded.vin, excluded.plate, excluded.installed_at,
           excluded.removed_at)
      returning device_no, external_id
    `,
  );
  const byExternalId = new Map(devices.map((device) => [device.externalId, device]));
  return rows.flatMap((row) => {
    const device = byExternalId.get(row.external_id);
    return device === undefined ? [] : [{ ...device, deviceNo: row.device_no }];
  });
}

/** Numbers of devices by their id at the provider; those never listed are made up, so that no contact is lost. */
export async function deviceNumbers(
  tx: Tx,
  provider: string,
  externalIds: readonly string[],
): Promise<Map<string, number>> {
  const numbers = await knownNumbers(tx, provider, externalIds);
  const unknown = externalIds.filter((externalId) => !numbers.has(externalId));
  if (unknown.length === 0) return numbers;
  const rows = await statement(
    "device.add_unlisted",
    tx<{ device_no: number; external_id: string }[]>`
      insert into device (provider, external_id)
      select ${provider}, external_id from unnest(${unknown}::text[]) as n (external_id) order by external_id
      on conflict (provider, external_id) do update set external_id = excluded.external_id
      returning device_no, external_id
    `,
  );
  for (const row of rows) numbers.set(row.external_id, row.device_no);
  return numbers;
}

async function knownNumbers(tx: Tx, provider: string, externalIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await statement(
    "device.numbers",
    tx<{ device_no: number; external_id: string }[]>`
      select device_no, external_id from device
      where provider = ${provider} and external_id = any(${externalIds}::text[])
    `,
  );
  return new Map(rows.map((row) => [row.external_id, row.device_no]));
}
