import type { EdgeError } from "@dozor/runtime/edge-json";
import type { SourceRecord } from "../domain/source-record.ts";

/**
 * An element that the edge decoder would not take. What can be seen of its type, id and version is picked out of the text, so
 * that people find it and the source can be told.
 */
export function refusedItem(raw: Uint8Array, error: EdgeError, format: "odata-json" | "http-json"): SourceRecord {
  const text = new TextDecoder("utf-8").decode(raw.subarray(0, 65_536));
  const seen = (key: string) => new RegExp(`"${key}"\\s*:\\s*"([^"\\\\]{1,200})"`).exec(text)?.[1] ?? "";
  const isOData = format === "odata-json";
  return {
    type: isOData ? seen("odata\\.type").replace(/^#?StandardODATA\./, "") : seen("type"),
    externalId: isOData ? seen("Ref_Key") : seen("id"),
    sourceVersion: isOData ? seen("DataVersion") : seen("version"),
    deleted: false,
    raw,
    format,
    reasons: [{ rule: error.reason, attribute: error.path, text: error.message }],
  };
}
