import { expect, setDefaultTimeout, test } from "bun:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { Direction, MessageState } from "@dozor/proto/integration/v1/queue";
import { EntityKind } from "@dozor/proto/registry/v1/entities";
import { QuarantineState } from "@dozor/proto/registry/v1/source";
import { entityId } from "../src/store/entity-id.ts";
import { startRegistry } from "./harness.ts";
import { assetItem, contractItem, counterpartyItem, guid, nomenclatureItem, scriptedOnec } from "./scripted-onec.ts";

// A poll that is interrupted waits for seconds before it goes on.
setDefaultTimeout(60_000);

const everything = () => [nomenclatureItem(100), counterpartyItem(300), contractItem(200), assetItem(1)];

test("an entity is traced to the snapshots it is part of and the events that told of them", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = everything();
  await registry.poll();
  await registry.service.drain(AbortSignal.timeout(20_000));
  const client = registry.entities("integration_admin");
  const traced = await client.traceEntity({ source: "1c", externalId: guid(300) });
  expect(traced).toMatchObject({ kind: EntityKind.COUNTERPARTY, version: 1n, moreSnapshots: false });
  const snapshot = (await registry.snapshots()).get(guid(1));
  const [told] = traced.snapshots;
  expect(told).toMatchObject({ externalId: guid(1), pending: false, unpublished: false });
  expect([told?.version, told?.contentHash]).toEqual([snapshot?.version, snapshot?.contentHash]);
  expect(told?.publishedAt).toBeDefined();
  expect(traced.journal).toMatchObject([{ objectId: guid(300), requestState: MessageState.PROCESSED }]);
  const [event] = await registry.sql`select key from runtime.outbox where id = ${told?.eventId ?? ""}`;
  expect(event?.key).toBe(told?.assetId);
  for (const externalId of [guid(1), guid(100), guid(200)]) {
    const byId = await client.traceEntity({ entityId: entityId("1c", externalId) });
    expect(byId.externalId).toBe(externalId);
    expect(byId.snapshots).toEqual(traced.snapshots);
  }
});

test("an object whose newest record is refused says so, also when nothing of it was ever accepted", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  onec.waiting = everything();
  await registry.poll();
  onec.waiting = [{ ...assetItem(1, { ГодВыпуска: "давно" }), version: "v2" }, assetItem(2, { ГодВыпуска: "давно" })];
  await registry.poll();
  const client = registry.entities("operator");
  const known = await client.traceEntity({ source: "1c", externalId: guid(1) });
  expect(known).toMatchObject({ version: 1n, quarantineState: QuarantineState.OPEN, quarantinedSourceVersion: "v2" });
  expect(known.journal.map(({ requestState }) => requestState)).toEqual([MessageState.FAILED, MessageState.PROCESSED]);
  const unknown = await client.traceEntity({ source: "1c", externalId: guid(2) });
  expect(unknown).toMatchObject({ version: 0n, kind: EntityKind.UNSPECIFIED, snapshots: [] });
});

test("an object of which nothing ever came is not found, and a request must name one", async () => {
  await using registry = await startRegistry({});
  const codeOf = async (request: object) =>
    await registry
      .entities("service")
      .traceEntity(request)
      .catch((error: unknown) => ConnectError.from(error).code);
  expect(await codeOf({ source: "1c", externalId: guid(9) })).toBe(Code.NotFound);
  expect(await codeOf({ source: "1c" })).toBe(Code.InvalidArgument);
  expect(await codeOf({})).toBe(Code.InvalidArgument);
  const viewer = registry.entities("viewer").traceEntity({ source: "1c", externalId: guid(9) });
  expect(await viewer.catch((error: unknown) => ConnectError.from(error).code)).toBe(Code.PermissionDenied);
});

test("a paused source is not asked until it is resumed, and what is in flight ends", async () => {
  const onec = scriptedOnec();
  await using registry = await startRegistry({ sources: [{ baseUrl: onec.url }] });
  const queue = registry.queue();
  const key = { source: "1c", direction: Direction.INBOUND };
  onec.waiting = everything();
  await queue.pauseQueue({ ...key, reason: "1C is being moved" });
  expect((await registry.poll()).totals?.received ?? 0n).toBe(0n);
  expect(onec.acknowledgements).toEqual([]);
  await queue.resumeQueue(key);
  onec.beforeAcknowledgement = async () => {
    await queue.pauseQueue({ ...key, reason: "again, in the middle" }).catch(() => {});
  };
  expect((await registry.poll()).totals?.acknowledged).toBe(4n);
});
