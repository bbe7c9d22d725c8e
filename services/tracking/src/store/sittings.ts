import { statement, type Tx } from "@dozor/runtime/database";
import { matchings, type Sitting, type SittingPlan } from "../domain/sittings.ts";
import type { MovedDevice } from "./matching.ts";

/** New contacts may be stored side by side, but not while the intervals they fall into are changed. */
export async function lockSittings(tx: Tx, provider: string, mode: "shared" | "exclusive"): Promise<void> {
  const key = `tracking sittings of ${provider}`;
  if (mode === "shared")
    await statement("sitting.lock_shared", tx`select pg_advisory_xact_lock_shared(hashtextextended(${key}, 0))`);
  else await statement("sitting.lock", tx`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}

/** Sittings of each device in the order of time. */
export async function rememberedSittings(tx: Tx, deviceNos: readonly number[]): Promise<Map<number, Sitting[]>> {
  const rows = await statement(
    "sitting.of_devices",
    tx<(Omit<Sitting, "toAt" | "isByHand"> & { deviceNo: number; toAt: Date | null; matching: number })[]>`
      select device_no as "deviceNo", sitting_no as "sittingNo", installed_at as "installedAt", from_at as "fromAt",
        nullif(to_at, 'infinity') as "toAt", matching
      from sitting where device_no = any(${deviceNos}::bigint[]) order by device_no, from_at
    `,
  );
  const byDevice = new Map<number, Sitting[]>(deviceNos.map((deviceNo) => [deviceNo, []]));
  for (const { deviceNo, toAt, matching, ...row } of rows)
    byDevice.get(deviceNo)?.push({ ...row, toAt: toAt ?? undefined, isByHand: matching === matchings.byHand });
  return byDevice;
}

export type DevicePlan = SittingPlan & { deviceNo: number; vinNorm: string; plateNorm: string };

/**
 * Carries the plans out.
 *
 * @returns the sittings to be matched anew, and the assets which a device came to or left
 */
export async function applySittingPlans(
  tx: Tx,
  plans: readonly DevicePlan[],
): Promise<{ toMatch: number[]; moved: MovedDevice[] }> {
  const removed = await statement(
    "sitting.remove",
    tx<{ asset_id: string | null; from_at: Date }[]>`
      delete from sitting where sitting_no = any(${plans.flatMap((plan) => plan.remove)}::bigint[])
      returning asset_id, from_at
    `,
  );
  const ended = await endSittings(
    tx,
    plans.flatMap((plan) => plan.end),
  );
  const kept = plans.flatMap(({ keep, vinNorm, plateNorm }) =>
    keep.map((sittingNo) => ({ sittingNo, vinNorm, plateNorm })),
  );
  await statement(
    "sitting.rename",
    tx`
      update sitting s set vin_norm = n."vinNorm", plate_norm = n."plateNorm"
      from json_to_recordset(${JSON.stringify(kept)}::text::json) as n ("sittingNo" bigint, "vinNorm" text, "plateNorm" text)
      where s.sitting_no = n."sittingNo" and (s.vin_norm, s.plate_norm) is distinct from (n."vinNorm", n."plateNorm")
    `,
  );
  const fresh = plans.flatMap(({ deviceNo, vinNorm, plateNorm, insert }) =>
    insert.map((each) => ({ deviceNo, vinNorm, plateNorm, ...each })),
  );
  const inserted = await statement(
    "sitting.begin",
    tx<{ sitting_no: number }[]>`
      insert into sitting (device_no, installed_at, from_at, to_at, vin_norm, plate_norm, matching, heard_until)
      select "deviceNo", "installedAt", "fromAt", coalesce("toAt", 'infinity'), "vinNorm", "plateNorm",
        ${matchings.none}, 'infinity'
      from json_to_recordset(${JSON.stringify(fresh)}::text::json) as n (
        "deviceNo" bigint, "vinNorm" text, "plateNorm" text, "installedAt" timestamptz, "fromAt" timestamptz,
        "toAt" timestamptz
      )
      returning sitting_no
    `,
  );
  return {
    toMatch: [...kept.map((each) => each.sittingNo), ...inserted.map((row) => row.sitting_no)],
    moved: [...removed.map((row) => ({ assetId: row.asset_id, fromAt: row.from_at })), ...ended].flatMap(
      ({ assetId, fromAt }) => (assetId === null ? [] : [{ assetId, fromAt }]),
    ),
  };
}

/** Moves ends. Answers the assets concerned, from the earlier of the old and the new end on. */
export async function endSittings(
  tx: Tx,
  ends: SittingPlan["end"],
): Promise<{ assetId: string | null; fromAt: Date }[]> {
  return await statement(
    "sitting.end",
    tx<{ assetId: string | null; fromAt: Date }[]>`
      with given as (
        select n."sittingNo" as sitting_no, coalesce(n."toAt", 'infinity') as to_at, s.to_at as old_to_at
        from json_to_recordset(${JSON.stringify(ends)}::text::json) as n ("sittingNo" bigint, "toAt" timestamptz)
        join sitting s on s.sitting_no = n."sittingNo"
      )
      update sitting s set to_at = g.to_at
      from given g where s.sitting_no = g.sitting_no and s.to_at <> g.to_at
      returning s.asset_id as "assetId", least(g.to_at, g.old_to_at) as "fromAt"
    `,
  );
}

/** Puts a new sitting on an asset, or on nothing, by hand. */
export async function beginByHand(
  tx: Tx,
  deviceNo: number,
  sitting: SittingPlan["insert"][number],
  assignment: { assetId: string | undefined; actor: string; reason: string },
): Promise<void> {
  await statement(
    "sitting.begin_by_hand",
    tx`
      insert into sitting (device_no, installed_at, from_at, to_at, vin_norm, plate_norm, asset_id, matching,
        assigned_by, assigned_reason, heard_until)
      select ${deviceNo}, ${sitting.installedAt}, ${sitting.fromAt}, coalesce(${sitting.toAt ?? null}::timestamptz, 'infinity'),
        coalesce(max(vin_norm), ''), coalesce(max(plate_norm), ''), ${assignment.assetId ?? null}::uuid,
        ${matchings.byHand}, ${assignment.actor}, ${assignment.reason}, 'infinity'
      from sitting where device_no = ${deviceNo} and installed_at = ${sitting.installedAt}
    `,
  );
}

/** Turns a whole sitting into one by hand. Answers the asset it was on. */
export async function replaceByHand(
  tx: Tx,
  sittingNo: number,
  assignment: { assetId: string | undefined; actor: string; reason: string },
): Promise<{ assetId: string | null; fromAt: Date }[]> {
  return await statement(
    "sitting.replace_by_hand",
    tx<{ assetId: string | null; fromAt: Date }[]>`
      with old as (select sitting_no, asset_id from sitting where sitting_no = ${sittingNo} for update)
      update sitting s set asset_id = ${assignment.assetId ?? null}::uuid, matching = ${matchings.byHand},
        assigned_by = ${assignment.actor}, assigned_reason = ${assignment.reason}
      from old where s.sitting_no = old.sitting_no
      returning old.asset_id as "assetId", s.from_at as "fromAt"
    `,
  );
}

export async function removeSittings(
  tx: Tx,
  sittingNos: readonly number[],
): Promise<{ assetId: string | null; fromAt: Date }[]> {
  return await statement(
    "sitting.remove",
    tx<{ assetId: string | null; fromAt: Date }[]>`
      delete from sitting where sitting_no = any(${sittingNos}::bigint[])
      returning asset_id as "assetId", from_at as "fromAt"
    `,
  );
}
