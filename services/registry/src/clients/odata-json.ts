import { decodeStrictJson, EdgeError } from "@dozor/runtime/edge-json";
import { streamJsonItems } from "@dozor/runtime/edge-json-items";
import { VendorError } from "@dozor/runtime/vendor-http";
import { isJsonObject, type Json } from "../domain/json.ts";
import type { SourceRecord } from "../domain/source-record.ts";
import { itemLimits } from "./item-limits.ts";
import { errorMember } from "./onec-error-text.ts";
import { refusedItem } from "./refused-item.ts";

/** Objects of an OData answer in JSON, one by one. An answer that is an error, or is cut, throws a VendorError. */
export async function* streamODataRecords(
  body: ReadableStream<Uint8Array>,
  { bytesMax, signal }: { bytesMax: number; signal?: AbortSignal },
): AsyncGenerator<SourceRecord, void, undefined> {
  const options = { arrayKey: "value", bytesMax, ...itemLimits, ...(signal === undefined ? {} : { signal }) };
  try {
    for await (const part of streamJsonItems(body, options)) {
      if (part.kind === "bad_item") yield refusedItem(part.raw, part.error, "odata-json");
      else if (part.kind === "item") yield recordOf(part.value, part.raw);
      else throwIfError(part.members);
    }
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    const kind = error.reason === "truncated" ? "network" : "protocol";
    throw new VendorError(kind, `read the answer: ${error.message}`, { cause: error });
  }
}

/** One object as it was cut out of an answer. */
export function readODataItem(raw: Uint8Array): SourceRecord {
  try {
    return recordOf(decodeStrictJson(raw, itemLimits.limits), raw);
  } catch (error) {
    if (error instanceof EdgeError) return refusedItem(raw, error, "odata-json");
    throw error;
  }
}

function recordOf(value: Json, raw: Uint8Array): SourceRecord {
  const common = { externalId: "", sourceVersion: "", deleted: false, raw, format: "odata-json" as const };
  const type = isJsonObject(value) ? value["odata.type"] : undefined;
  if (!isJsonObject(value) || typeof type !== "string" || type === "") {
    const text = "found an element without odata.type, expected an object that names its type";
    return { ...common, type: "", reasons: [{ rule: "missing_type", attribute: "odata.type", text }] };
  }
  const { "odata.type": _, ...attributes } = value;
  return { ...common, type: type.replace(/^#?StandardODATA\./, ""), attributes };
}

function throwIfError(members: { [key: string]: Json }): void {
  const said = errorMember(members);
  if (said !== undefined) throw new VendorError("protocol", `read the answer: 1C says "${said}"`);
}
