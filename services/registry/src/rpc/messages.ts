import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type QuarantinedRecord, QuarantinedRecordSchema } from "@dozor/proto/registry/v1/source";
import type { QuarantineRow } from "../store/quarantine.ts";

export function quarantinedMessage(row: QuarantineRow): QuarantinedRecord {
  return create(QuarantinedRecordSchema, {
    id: row.id,
    source: row.source,
    type: row.type,
    externalId: row.externalId,
    sourceVersion: row.sourceVersion,
    reasons: row.reasons,
    state: row.state,
    receivedAt: timestampFromDate(row.receivedAt),
    receivedCount: row.receivedCount,
  });
}

/** Open counts as proto maps carry them. */
export function countsMessage(counts: Record<string, number>): Record<string, bigint> {
  return Object.fromEntries(Object.entries(counts).map(([rule, count]) => [rule, BigInt(count)]));
}
