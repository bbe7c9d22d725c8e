import { createHash } from "node:crypto";

// Chosen once for Dozor; changing it would rename every entity.
const namespace = Buffer.from("7d1f6d0c5a1b4c0e9a5e0f6f3d2b8c41", "hex");

/** Our id of an entity: UUID v5 of its source and the id it has there. */
export function entityId(source: string, externalId: string): string {
  const bytes = createHash("sha1").update(namespace).update(`${source}\n${externalId}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
