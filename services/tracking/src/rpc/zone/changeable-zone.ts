import type { Tx } from "@dozor/runtime/database";
import { aborted, failedPrecondition, notFound } from "@dozor/runtime/errors";
import { getZone, type ListedZone } from "../../store/list-zones.ts";
import { zoneOrigins } from "../../store/zones.ts";

/** A zone of a user in force at the version that the caller saw; says which of these it is not. */
export async function changeableZone(tx: Tx, zoneId: string, version: bigint): Promise<ListedZone> {
  const zone = await getZone(tx, zoneId);
  if (zone === undefined) throw notFound("zone", zoneId);
  if (zone.origin !== zoneOrigins.user)
    throw failedPrecondition(`zone ${zoneId} belongs to provider ${zone.provider} and is changed there`);
  if (BigInt(zone.version) !== version)
    throw aborted(`zone ${zoneId} has version ${zone.version}, not ${version}: read it again`);
  if (zone.archivedAt !== null) throw failedPrecondition(`zone ${zoneId} is archived`);
  return zone;
}
