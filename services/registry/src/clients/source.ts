import type { CallAttempt } from "@dozor/integration/journal";
import type { RawFormat, SourceRecord } from "../domain/source-record.ts";
import type { NoteCall } from "./read-call.ts";

/**
 * What a source handed over in one answer. `batches` is read to its end, each batch is committed, and only then is `acknowledge`
 * called. Nothing is acknowledged when either throws: the same objects come again.
 */
export type Packet = {
  batches(): AsyncIterable<SourceRecord[]>;
  /** Told of each refused record, by sources that acknowledge record by record. Must not keep the record. */
  refuse?(record: SourceRecord, code: string, text: string): void;
  /** What `acknowledge` is about to say, for the journal; undefined when there is nothing to acknowledge. Asked after `batches`. */
  acknowledgement(): { number: string; body: Record<string, unknown> } | undefined;
  /** Returns how many records the source now regards as received. Every attempt is added to `attempts`. */
  acknowledge(attempts: CallAttempt[]): Promise<number>;
};

/** A system of record. It serves one request at a time: whoever uses it holds the source's lock. */
export type Source = {
  name: string;
  adapter: string;
  /** Ends when nothing waits. Every call made to read is noted. */
  packets(signal: AbortSignal, note: NoteCall): AsyncIterable<Packet>;
  /** Reads again what was refused. */
  reread(raw: Uint8Array, format: RawFormat): SourceRecord;
};
