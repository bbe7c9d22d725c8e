import { statement, type Tx } from "@dozor/runtime/database";
import { planAssignment } from "../domain/sittings.ts";
import { lockMatching, type MovedDevice } from "./matching.ts";
import { refreshSittings, remeasureHearing, sittingsSince } from "./sitting-state.ts";
import {
  beginByHand,
  endSittings,
  lockSittings,
  rememberedSittings,
  removeSittings,
  replaceByHand,
} from "./sittings.ts";

export type Assignment = {
  /** undefined takes the device off. */
  assetId: string | undefined;
  /** undefined: the beginning of its present sitting. */
  fromAt: Date | undefined;
  actor: string;
  reason: string;
};

/**
 * Puts a device on an asset by hand.
 *
 * @returns the assets which it came to or left; undefined when no instant was given and it sits on nothing
 */
export async function assignDevice(
  tx: Tx,
  device: { deviceNo: number; provider: string },
  assignment: Assignment,
): Promise<MovedDevice[] | undefined> {
  const { deviceNo } = device;
  await lockMatching(tx);
  await lockSittings(tx, device.provider, "exclusive");
  const remembered = (await rememberedSittings(tx, [deviceNo])).get(deviceNo) ?? [];
  const fromAt = assignment.fromAt ?? remembered.findLast((sitting) => sitting.toAt === undefined)?.installedAt;
  if (fromAt === undefined) return undefined;
  const plan = planAssignment(remembered, fromAt);
  const left = [...(await removeSittings(tx, plan.remove)), ...(await endSittings(tx, plan.end))];
  if (plan.replace !== undefined) left.push(...(await replaceByHand(tx, plan.replace, assignment)));
  for (const sitting of plan.insert) await beginByHand(tx, deviceNo, sitting, assignment);
  const touched = await sittingsSince(tx, [{ deviceNo, fromAt: new Date(fromAt.getTime() - 1) }]);
  await remeasureHearing(tx, touched);
  await refreshSittings(tx, touched, []);
  await statement(
    "assignment_audit.add",
    tx`
      insert into assignment_audit (device_no, asset_id, from_at, reason, actor)
      values (${deviceNo}, ${assignment.assetId ?? null}, ${fromAt}, ${assignment.reason}, ${assignment.actor})
    `,
  );
  const moved = left.flatMap(({ assetId, fromAt: leftAt }) => (assetId === null ? [] : [{ assetId, fromAt: leftAt }]));
  if (assignment.assetId !== undefined) moved.push({ assetId: assignment.assetId, fromAt });
  return moved;
}
