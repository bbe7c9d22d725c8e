import { create } from "@bufbuild/protobuf";
import { type Duration, DurationSchema, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Finding,
  type FindingChange,
  FindingChangeSchema,
  FindingSchema,
} from "@dozor/proto/integration/v1/data_quality";
import type { Finding as FindingRow } from "../../findings/finding.ts";
import type { FindingChange as ChangeRow } from "../../findings/read-findings.ts";

/** The numbers of states, resolutions and actions are the same in table and contract. */
export function findingMessage(row: FindingRow): Finding {
  return create(FindingSchema, {
    id: row.id,
    rule: row.rule,
    entityKind: row.entityKind,
    entityId: row.entityId,
    source: row.source,
    evidenceJson: JSON.stringify(row.evidence),
    state: row.state,
    owner: row.owner,
    foundAt: timestampFromDate(row.foundAt),
    age: duration(row.ageSeconds),
    version: BigInt(row.version),
    resolution: row.resolution,
    reason: row.reason,
    settledBy: row.settledBy,
    ...(row.settledAt === null ? {} : { settledAt: timestampFromDate(row.settledAt) }),
    ...(row.goneAt === null ? {} : { goneAt: timestampFromDate(row.goneAt) }),
  });
}

export function changeMessage(row: ChangeRow): FindingChange {
  return create(FindingChangeSchema, {
    version: BigInt(row.version),
    action: row.action,
    actor: row.actor,
    at: timestampFromDate(row.at),
    state: row.state,
    owner: row.owner,
    resolution: row.resolution,
    reason: row.reason,
    evidenceJson: row.evidence === null ? "" : JSON.stringify(row.evidence),
  });
}

function duration(secondsLong: number): Duration {
  const seconds = Math.floor(secondsLong);
  return create(DurationSchema, { seconds: BigInt(seconds), nanos: Math.floor((secondsLong - seconds) * 1e9) });
}
