import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { messageOf } from "@dozor/integration/rpc/queue/queue-words";
import { listMessagesOfObject } from "@dozor/integration/store/queue-messages";
import { EntityKind } from "@dozor/proto/registry/v1/entities";
import { type RegistryService, TracedSnapshotSchema, type TraceEntityRequest } from "@dozor/proto/registry/v1/registry";
import { QuarantineState } from "@dozor/proto/registry/v1/source";
import type { Database } from "@dozor/runtime/database";
import { notFound } from "@dozor/runtime/errors";
import { entityId } from "../../store/entity-id.ts";
import { findEntity, listTracedSnapshots, newestQuarantined, type TracedSnapshotRow } from "../../store/trace.ts";
import { requireUuid } from "../page.ts";

const messagesMax = 50;
const snapshotsMax = 20;

export const traceEntity =
  ({ database: { sql } }: { database: Database }): ServiceImpl<typeof RegistryService>["traceEntity"] =>
  async (request) => {
    const id = idOf(request);
    const entity = await findEntity(sql, id);
    const { source, externalId } = entity ?? request;
    const refused = externalId === "" ? undefined : await newestQuarantined(sql, source, externalId);
    const messages = await listMessagesOfObject(sql, { entityId: id, source, objectId: externalId }, messagesMax);
    if (entity === undefined && refused === undefined && messages.length === 0)
      throw notFound("the object", externalId === "" ? id : `${externalId} of ${source}`);
    const kind = entity?.kind ?? EntityKind.UNSPECIFIED;
    const snapshots = await listTracedSnapshots(sql, { id, kind }, snapshotsMax + 1);
    return {
      entityId: id,
      source,
      externalId,
      kind,
      version: BigInt(entity?.version ?? 0),
      sourceVersion: entity?.sourceVersion ?? "",
      ...(entity === undefined
        ? {}
        : { contentHash: entity.contentHash, deleted: entity.deleted, updatedAt: timestampFromDate(entity.updatedAt) }),
      quarantineState: refused?.state ?? QuarantineState.UNSPECIFIED,
      quarantinedSourceVersion: refused?.sourceVersion ?? "",
      journal: messages.map(messageOf),
      snapshots: snapshots.slice(0, snapshotsMax).map(snapshotOf),
      moreSnapshots: snapshots.length > snapshotsMax,
    };
  };

function idOf(request: TraceEntityRequest): string {
  if (request.entityId !== "") return requireUuid("entity_id", request.entityId);
  return entityId(request.source, request.externalId);
}

function snapshotOf(row: TracedSnapshotRow) {
  const times: MessageInitShape<typeof TracedSnapshotSchema> = {
    ...(row.changedAt === null ? {} : { changedAt: timestampFromDate(row.changedAt) }),
    ...(row.publishedAt === null ? {} : { publishedAt: timestampFromDate(row.publishedAt) }),
  };
  return create(TracedSnapshotSchema, {
    assetId: row.assetId,
    externalId: row.externalId,
    version: BigInt(row.version ?? 0),
    contentHash: row.contentHash ?? new Uint8Array(),
    pending: row.isPending,
    eventId: row.eventId ?? "",
    unpublished: row.isUnpublished,
    ...times,
  });
}
