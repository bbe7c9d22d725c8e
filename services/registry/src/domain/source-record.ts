import type { JsonObject } from "./json.ts";
import type { Reason } from "./reading.ts";

/** How raw bytes are read again when a refused record is reprocessed. */
export type RawFormat = "atom" | "odata-json" | "http-json";

/** One changed object as a source handed it over. What the transport itself refused has no attributes but reasons. */
export type SourceRecord = {
  type: string;
  /** As the source writes it; empty when it could not be read. */
  externalId: string;
  sourceVersion: string;
  /** Said by the transport, beside what the attributes say. */
  deleted: boolean;
  raw: Uint8Array;
  format: RawFormat;
} & ({ attributes: JsonObject } | { reasons: Reason[] });
