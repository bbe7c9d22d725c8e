import { type Queryable, statement } from "@dozor/runtime/database";

export type ListedDevice = {
  deviceNo: number;
  deviceId: string;
  provider: string;
  imei: string;
  series: string;
  name: string;
  vin: string;
  plate: string;
  installedAt: Date | null;
  removedAt: Date | null;
  matching: number | null;
  assetId: string | null;
  lastContactAt: Date | null;
};

export type DeviceQuestion = {
  provider: string;
  assetId: string;
  matching: number;
  deviceId: string;
  afterDeviceNo: number;
  limit: number;
};

/** Devices with their newest sitting, in the order we met them; empty fields and 0 ask for any. */
export async function listDevices(db: Queryable, question: DeviceQuestion): Promise<ListedDevice[]> {
  const { provider, assetId, matching, deviceId, afterDeviceNo, limit } = question;
  return await statement(
    "device.list",
    db<ListedDevice[]>`
      select d.device_no as "deviceNo", d.provider || ':' || d.external_id as "deviceId", d.provider, d.imei, d.series,
        d.name, d.vin, d.plate, d.installed_at as "installedAt", d.removed_at as "removedAt", s.matching,
        case when s.to_at = 'infinity' or s.to_at > now() then s.asset_id end as "assetId",
        (select max(last_contact_at) from sitting heard where heard.device_no = d.device_no) as "lastContactAt"
      from device d
      left join lateral (
        select * from sitting where device_no = d.device_no order by from_at desc limit 1
      ) s on true
      where d.device_no > ${afterDeviceNo}
        ${provider === "" ? db`` : db`and d.provider = ${provider}`}
        ${deviceId === "" ? db`` : db`and d.provider || ':' || d.external_id = ${deviceId}`}
        ${
          assetId === ""
            ? db``
            : db`and s.asset_id = ${assetId} and s.to_at > now()
          and d.device_no in (select device_no from sitting where asset_id = ${assetId})`
        }
        ${matching === 0 ? db`` : db`and coalesce(s.matching, 5) = ${matching}`}
      order by d.device_no
      limit ${limit}
    `,
  );
}

/** The number of a device by its full id, "<provider>:<id at the provider>". */
export async function findDevice(
  db: Queryable,
  deviceId: string,
): Promise<{ deviceNo: number; provider: string } | undefined> {
  const colon = deviceId.indexOf(":");
  const [row] = await statement(
    "device.find",
    db<{ deviceNo: number; provider: string }[]>`
      select device_no as "deviceNo", provider from device
      where provider = ${deviceId.slice(0, Math.max(0, colon))} and external_id = ${deviceId.slice(colon + 1)}
    `,
  );
  return row;
}
