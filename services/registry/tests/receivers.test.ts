import { expect, setDefaultTimeout, test } from "bun:test";
import { appendOutbound } from "@dozor/integration/journal";
import type { ReceiverConfig } from "@dozor/integration/receivers/read-receivers";
import { Direction } from "@dozor/proto/integration/v1/queue";
import type { ReceiverLoad } from "@dozor/proto/registry/v1/receiver";
import type { Service } from "@dozor/runtime/foundation";
import { start as startReceiver } from "@dozor/simulators/receiver/server";
import { eventually } from "@dozor/testkit/eventually";
import { type Registry, startRegistry } from "./harness.ts";
import { assetItem, guid, scriptedOnec } from "./scripted-onec.ts";

setDefaultTimeout(120_000);

const secret = "a-secret-of-this-test";
const deadlineMs = 60_000;

/** Registry with so many assets of 1C, a receiver that nobody knows yet, and how it would be configured. */
async function registryWith(count: number) {
  await using stack = new AsyncDisposableStack();
  const onec = scriptedOnec();
  const receiver = stack.use(await startReceiver({ secret }));
  const registry = stack.use(await startRegistry({ sources: [{ baseUrl: onec.url }] }));
  onec.waiting = Array.from({ length: count }, (_, index) => assetItem(index + 1));
  await registry.poll();
  const owned = stack.move();
  const portal: ReceiverConfig = {
    name: "portal",
    url: `${receiver.url}/objects`,
    secret,
    objects: ["asset"],
    timeoutMs: 5_000,
    parallelMax: 8,
  };
  return {
    registry,
    onec,
    portal,
    async acceptedVersions(id: number): Promise<string[]> {
      const object = await (await fetch(`${receiver.url}/_admin/object?id=${guid(id)}`)).json();
      return (object as { versions: string[] } | null)?.versions ?? [];
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function loadOf(registry: Registry, service: Service): Promise<ReceiverLoad | undefined> {
  const { receivers } = await registry.receivers(service).listReceivers({});
  return receivers.find(({ name }) => name === "portal")?.loads.find(({ kind }) => kind === "asset");
}

async function endedLoad(registry: Registry, service: Service): Promise<ReceiverLoad> {
  return await eventually("the end of the load", async () => {
    const load = await loadOf(registry, service);
    return load?.endedAt === undefined ? undefined : load;
  });
}

async function toldVersions({ sql }: Registry, id: number): Promise<string[]> {
  const rows = await sql<{ version: string }[]>`
    select object_version as version from integration_message where direction = 2 and object_id = ${guid(id)} order by counter`;
  return rows.map(({ version }) => version);
}

test("a receiver that is new is sent everything there is of the kinds it wants, and then what changes", async () => {
  await using world = await registryWith(3);
  const { registry, onec, portal } = world;
  const service = await registry.addInstance({ receivers: [portal] });
  const load = await endedLoad(registry, service);
  expect(load).toMatchObject({ readCount: 3n, queuedCount: 3n, askedBy: "" });
  for (const id of [1, 2, 3])
    await eventually(`object ${id} at the receiver`, async () => (await world.acceptedVersions(id)).length === 1);
  await registry.services[0]?.[Symbol.asyncDispose]();
  onec.waiting = [assetItem(2, { ГосНомер: "В123ВС77" }, 2)];
  await service.runNow("poll-1c");
  await eventually("the change at the receiver", async () => (await world.acceptedVersions(2)).length === 2, {
    deadlineMs,
  });
  expect(await world.acceptedVersions(2)).toEqual(["1", "2"]);
  expect(await world.acceptedVersions(1)).toEqual(["1"]);
});

test("a first load leaves out what the receiver was told already", async () => {
  await using world = await registryWith(0);
  const { registry, onec, portal } = world;
  const service = await registry.addInstance({ receivers: [portal] });
  await endedLoad(registry, service);
  await registry.services[0]?.[Symbol.asyncDispose]();
  onec.waiting = [assetItem(1), assetItem(2)];
  await service.runNow("poll-1c");
  // As if the load had begun only now, when both were told of as changes.
  await registry.sql`delete from receiver_load`;
  await service.runNow("load-receivers");
  expect(await endedLoad(registry, service)).toMatchObject({ readCount: 2n, queuedCount: 0n });
  expect(await toldVersions(registry, 1)).toEqual(["1"]);
});

test("an object that changes while a load looks at it is told of in the order of its versions", async () => {
  await using world = await registryWith(1);
  const { registry, portal } = world;
  const locked = Promise.withResolvers<void>();
  const waited = Promise.withResolvers<void>();
  const change = registry.database.transaction("test.change", async (tx) => {
    const [asset] = await tx<{ id: string }[]>`update asset set version = 2 returning id`;
    locked.resolve();
    await waited.promise;
    const body = {
      type: "asset.changed",
      timestamp: "2026-11-20T12:00:00Z",
      data: { header: { id: asset?.id ?? "" } },
    };
    await appendOutbound(tx, [
      { source: "portal", objectId: guid(1), requestType: "asset.changed", objectVersion: "2", body },
    ]);
  });
  await locked.promise;
  const service = await registry.addInstance({ receivers: [portal] });
  await eventually("the load waiting for the change", async () => {
    const waiting = await registry.sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%for share%'`;
    return waiting.length > 0;
  });
  waited.resolve();
  await change;
  expect(await endedLoad(registry, service)).toMatchObject({ readCount: 1n, queuedCount: 0n });
  expect(await toldVersions(registry, 1)).toEqual(["2"]);
});

test("an administrator has everything sent once more, and it is written down who asked and why", async () => {
  await using world = await registryWith(2);
  const { registry, portal } = world;
  const service = await registry.addInstance({ receivers: [portal] });
  await endedLoad(registry, service);
  const reason = "the portal was restored from a backup";
  const { receiver } = await registry.receivers(service).reloadReceiver({ name: "portal", reason });
  expect(receiver?.loads).toMatchObject([{ kind: "asset", readCount: 0n, reason }]);
  const load = await endedLoad(registry, service);
  expect(load).toMatchObject({ readCount: 2n, queuedCount: 2n, reason });
  expect(load.askedBy).not.toBe("");
  for (const id of [1, 2])
    await eventually(`object ${id} twice at the receiver`, async () => (await world.acceptedVersions(id)).length === 2);
  expect(await world.acceptedVersions(1)).toEqual(["1", "1"]);
  const [action] = await registry.sql`select actor, action, source, object_id, reason from integration_action`;
  expect(action).toMatchObject({ actor: load.askedBy, action: "reload", source: "portal", object_id: "asset", reason });
});

test("only a receiver of the configuration is sent anew, only what it is sent, and only by an administrator", async () => {
  await using world = await registryWith(0);
  const { registry, portal } = world;
  const service = await registry.addInstance({ receivers: [portal] });
  const reload = (name: string, kind: string) =>
    registry.receivers(service).reloadReceiver({ name, kind, reason: "a trial" });
  await expect(reload("nobody", "")).rejects.toThrow("receiver nobody does not exist");
  await expect(reload("portal", "contract")).rejects.toThrow("receiver portal is sent asset, not contract");
  const byViewer = registry.receivers(service, "viewer").reloadReceiver({ name: "portal", reason: "a trial" });
  await expect(byViewer).rejects.toThrow("permission_denied");
});

test("a load waits while a thousand objects of the receiver wait, and goes on when they are taken", async () => {
  await using world = await registryWith(1_150);
  const { registry, portal } = world;
  const paused = { source: "portal", direction: Direction.OUTBOUND };
  await registry.queue().pauseQueue({ ...paused, reason: "the portal is being mended" });
  const service = await registry.addInstance({ receivers: [portal] });
  const { receivers } = await eventually("a full queue", async () => {
    const answer = await registry.receivers(service).listReceivers({});
    return answer.receivers.some(({ unfinishedCount }) => unfinishedCount >= 1_000n) ? answer : undefined;
  });
  await service.runNow("load-receivers");
  expect(receivers[0]?.unfinishedCount).toBe(1_000n);
  const waiting = await loadOf(registry, service);
  expect(waiting?.readCount).toBe(1_000n);
  expect(waiting?.endedAt).toBeUndefined();
  await registry.queue().resumeQueue(paused);
  await eventually("everything at the receiver", async () => (await world.acceptedVersions(1_150)).length === 1, {
    deadlineMs,
  });
  expect(await endedLoad(registry, service)).toMatchObject({ readCount: 1_150n, queuedCount: 1_150n });
});
