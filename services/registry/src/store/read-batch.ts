import { sliced } from "@dozor/runtime/slices";
import { type RecordReading, readRecord } from "../domain/read-record.ts";
import type { RecordContext } from "../domain/record-context.ts";
import type { SourceRecord } from "../domain/source-record.ts";
import { contentHash } from "./content-hash.ts";

/** A record with what it was read as, and the hash of its content when it is an entity. */
export type ReadRecord = { record: SourceRecord; reading: RecordReading; contentHash: string };

/** Judges the records of one batch, in slices, so that the event loop stays free. */
export async function readBatch(
  records: readonly SourceRecord[],
  context: RecordContext,
  signal?: AbortSignal,
): Promise<ReadRecord[]> {
  const read: ReadRecord[] = [];
  await sliced(
    records,
    (record) => {
      const reading = readRecord(record, context);
      const hash = reading.result === "entity" ? contentHash(reading.entity, context.mapping.header.sourceVersion) : "";
      read.push({ record, reading, contentHash: hash });
    },
    { label: "registry.read_batch", ...(signal === undefined ? {} : { signal }) },
  );
  return read;
}
