import type { Entity } from "../domain/entities.ts";
import { isJsonObject, type Json } from "../domain/json.ts";

/**
 * SHA-256 over what an entity says, whatever the order of its attributes; hexadecimal. The version in the source is left out,
 * because 1C counts every write, also one that changes nothing.
 */
export function contentHash(entity: Entity, versionAttribute: string): string {
  const hasher = new Bun.CryptoHasher("sha256");
  // What was made of the raw record is told too: a later release may make something else of the same.
  for (const [key, value] of Object.entries(entity)) {
    if (notContent.has(key)) continue;
    hasher.update(`${key}=${JSON.stringify(value)}\n`);
  }
  for (const key of Object.keys(entity.raw).sort()) {
    if (key === versionAttribute) continue;
    hasher.update(`${JSON.stringify(key)}:`);
    tell(entity.raw[key] ?? null, (text) => hasher.update(text));
  }
  return hasher.digest("hex");
}

const notContent = new Set(["raw", "sourceVersion", "deleted"]);

/** Without building a sorted copy, which would double the garbage of a batch. */
function tell(value: Json, write: (text: string) => void): void {
  if (Array.isArray(value)) {
    write("[");
    for (const each of value) tell(each, write);
    write("]");
  } else if (isJsonObject(value)) {
    write("{");
    for (const key of Object.keys(value).sort()) {
      write(`${JSON.stringify(key)}:`);
      tell(value[key] ?? null, write);
    }
    write("}");
  } else {
    write(`${JSON.stringify(value)},`);
  }
}
