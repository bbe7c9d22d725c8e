import type { RawFormat, SourceRecord } from "../domain/source-record.ts";

/**
 * What a source handed over in one answer. `batches` is read to its end, each batch is committed, and only then is `acknowledge`
 * called. Nothing is acknowledged when either throws: the same objects come again.
 */
export type Packet = {
  batches(): AsyncIterable<SourceRecord[]>;
  /** Told of each refused record, by sources that acknowledge record by record. Must not keep the record. */
  refuse?(record: SourceRecord, code: string, text: string): void;
  /** Returns how many records the source now regards as received. */
  acknowledge(): Promise<number>;
};

/** A system of record. It serves one request at a time: whoever uses it holds the source's lock. */
export type Source = {
  name: string;
  adapter: string;
  /** Ends when nothing waits. */
  packets(signal: AbortSignal): AsyncIterable<Packet>;
  /** Reads again what was refused. */
  reread(raw: Uint8Array, format: RawFormat): SourceRecord;
};
