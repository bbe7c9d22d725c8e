import { readFileSync } from "node:fs";
import { decodeStrictJson, type Json } from "@dozor/runtime/edge-json";
import { isJsonObject } from "./domain/json.ts";
import type { Mapping } from "./domain/mapping.ts";
import { readRecord } from "./domain/read-record.ts";

/**
 * What a mapping makes of sample records, so that a wrong one is seen at start and not in quarantine. The file is a JSON list of
 * {"type", "id", "data"}; each must be understood without a doubt about its values.
 */
export function sampleProblems(
  file: string,
  { name, mapping, timeZone }: { name: string; mapping: Mapping; timeZone: string },
): string[] {
  let samples: Json;
  try {
    samples = decodeStrictJson(readFileSync(file));
  } catch (error) {
    return [`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
  if (!Array.isArray(samples) || samples.length === 0) return [`${file} is not a list of samples`];
  return samples.flatMap((sample, index) => {
    const { type, id, data } = isJsonObject(sample) ? sample : {};
    if (typeof type !== "string" || !isJsonObject(data)) return [`sample ${index + 1} has no type or data`];
    const reading = readRecord(
      {
        ...{ type, externalId: typeof id === "string" ? id : "", sourceVersion: "", deleted: false },
        ...{ raw: new Uint8Array(), format: "http-json", attributes: data },
      },
      { source: name, mapping, timeZone, idOf: (externalId) => externalId },
    );
    const at = (text: string) => `sample ${index + 1} (${type}): ${text}`;
    if (reading.result === "ignored") return [at("the mapping does not know this type")];
    if (reading.result === "refused") return reading.reasons.map(({ rule, text }) => at(`${rule}, ${text}`));
    if (reading.result === "removal") return [at("none of its attributes is in the mapping")];
    const { remarks } = reading.entity;
    return remarks
      .filter(({ rule }) => rule === "unknown_value")
      .map(({ attribute, rawValue }) => at(`the mapping does not know the ${attribute} "${rawValue}"`));
  });
}
