import type { SourceRecord } from "../domain/source-record.ts";

// 500 at a time made the process some 15 MiB larger.
const recordsMax = 100;
const bytesMax = 512 * 1024;

/** Gathers records into batches that bound both a transaction and the memory it takes. */
export async function* inBatches(
  records: AsyncIterable<SourceRecord>,
): AsyncGenerator<SourceRecord[], void, undefined> {
  let batch: SourceRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    batch.push(record);
    bytes += record.raw.byteLength;
    if (batch.length < recordsMax && bytes < bytesMax) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
