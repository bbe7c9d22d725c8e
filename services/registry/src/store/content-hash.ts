import type { Entity } from "../domain/entities.ts";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";

/**
 * SHA-256 over what an entity says, whatever the order of its attributes; hexadecimal. The version in the source is left out,
 * because 1C counts every write, also one that changes nothing.
 */
export function contentHash(entity: Entity, versionAttribute: string): string {
  const { sourceVersion: _, raw, deleted: __, ...content } = entity;
  const { [versionAttribute]: ___, ...said } = raw;
  return new Bun.CryptoHasher("sha256").update(JSON.stringify([content, sorted(said)])).digest("hex");
}

function sorted(value: JsonObject): JsonObject;
function sorted(value: Json): Json;
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((each) => sorted(each));
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const key of Object.keys(value).sort()) result[key] = sorted(value[key] ?? null);
  return result;
}
