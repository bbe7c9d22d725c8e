import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { type MeshClients, meshClients } from "@dozor/mesh/mesh-clients";
import { writeMeshConfig } from "@dozor/mesh/mesh-config";
import { freePortBase, portPlan } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { Direction, MessageState } from "@dozor/proto/integration/v1/queue";
import { HopState } from "@dozor/proto/monitoring/v1/trace";
import { eventually } from "@dozor/testkit/eventually";
import { YAML } from "bun";

// What an administrator does when objects are stuck, by gRPC alone: find, see why, fix, try again, compare.

const dataDir = temporaryDataDir("dozor-admin-");
let mesh: Mesh;
let queue: MeshClients["queue"];
let trace: MeshClients["trace"];
let configFile: string;
let receiverUrl: string;

beforeAll(async () => {
  const portBase = await freePortBase(1);
  const plan = portPlan(portBase, 1);
  const urlOf = (port: number) => `http://127.0.0.1:${port}`;
  const urls = { onecUrl: urlOf(plan.onec), konturFocusUrl: urlOf(plan.konturFocus), xkeeperUrl: urlOf(plan.xkeeper) };
  receiverUrl = urlOf(plan.receiver);
  configFile = writeMeshConfig({ dataDir, ...urls, receiverUrl, onecAdapter: "1c-http", every: "24h" });
  // Somebody confused two attributes: the year of every asset is read from its VIN, and the other way round.
  mapAttributes({ manufactureYear: "VIN", vin: "ГодВыпуска" });
  const options = { dataDir, portBase, console: false, durable: false, scheduled: false, configFile };
  mesh = await startMesh({ ...options, assets: 60 });
  const token = await mesh.tokens.issuer.issue({ subject: "igor", name: "Игорь Стыков", roles: ["integration_admin"] });
  ({ queue, trace } = meshClients((service) => mesh.services[service][0]?.grpcUrl ?? "", token));
  await mesh.clients().sources.pollNow({ source: "1c", waitMs: 60_000 });
  await mesh.drain();
}, 240_000);
afterAll(async () => {
  await mesh?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

function mapAttributes(attributes: Record<string, string>): void {
  // What writeMeshConfig wrote.
  const config = YAML.parse(readFileSync(configFile, "utf8")) as {
    registry: { sources: { mapping?: object }[]; receivers: { objects: string[] }[] };
  };
  for (const source of config.registry.sources) source.mapping = { asset: { attributes } };
  for (const receiver of config.registry.receivers) receiver.objects = ["asset"];
  writeFileSync(configFile, YAML.stringify(config, null, 2), { mode: 0o600 });
}

const stuck = {
  states: [MessageState.FAILED],
  errorContains: "manufactureYear",
  requestType: "Catalog_ПредметыЛизинга",
};

/** One stuck asset, in the order of the list. */
async function stuckAsset(index: number) {
  const { messages } = await queue.listMessages({ filter: stuck });
  const message = messages[index];
  if (message === undefined) throw new Error(`there are only ${messages.length} stuck assets`);
  return message;
}

test("what is stuck is found by its error, grouped, and says why", async () => {
  const { counts } = await queue.listMessages({ filter: stuck });
  expect(Number(counts?.failed)).toBeGreaterThan(5);
  const { groups } = await queue.listErrorGroups({ filter: { source: "1c", requestType: stuck.requestType } });
  expect(groups[0]).toMatchObject({ source: "1c", requestType: stuck.requestType });
  const { recordId, objectId } = await stuckAsset(0);
  const { message, bodyJson } = await queue.getMessage({ recordId });
  expect(message).toMatchObject({ direction: Direction.INBOUND, requestState: MessageState.FAILED, objectId });
  expect(bodyJson).toContain("{");
}, 60_000);

test("a stuck object is missing in registry, and the trace says which version should be there", async () => {
  const { objectId, objectVersion } = await stuckAsset(0);
  const answer = await trace.traceObject({ source: "1c", externalId: objectId });
  expect(answer).toMatchObject({ state: HopState.MISSING, targetSourceVersion: objectVersion, targetVersion: 0n });
  expect(answer.entity?.journal[0]?.objectId).toBe(objectId);
}, 60_000);

test("trying again before anything is mended is refused again, and one that nobody needs is skipped", async () => {
  const { recordId } = await stuckAsset(0);
  const again = await queue.retryMessage({ recordId, reason: "perhaps" });
  expect(again.message).toMatchObject({ requestState: MessageState.FAILED, recordId });
  const unwanted = await stuckAsset(1);
  const { message } = await queue.skipMessage({ recordId: unwanted.recordId, etag: unwanted.etag, reason: "scrapped" });
  expect(message).toMatchObject({ skippedBy: "igor", skipReason: "scrapped" });
}, 60_000);

test("a source is paused and resumed by a named person", async () => {
  const key = { source: "1c", direction: Direction.INBOUND };
  await queue.pauseQueue({ ...key, reason: "the mapping is being mended" });
  expect((await queue.listPauses({})).pauses).toMatchObject([{ pausedBy: "igor", source: "1c" }]);
  await queue.resumeQueue(key);
  expect((await queue.listPauses({})).pauses).toEqual([]);
}, 60_000);

let refusedByReceiver = "";

async function receiver(name: string, objectId: string): Promise<void> {
  const body = JSON.stringify({ objectId, status: 422, body: "no such kind" });
  const answer = await fetch(`${receiverUrl}/_admin/${name}`, { method: "POST", body });
  expect(answer.status).toBe(200);
}

test("once the mapping is mended everything that was stuck is taken in, watched live, and equal everywhere", async () => {
  const { objectId } = await stuckAsset(0);
  refusedByReceiver = (await stuckAsset(1)).objectId;
  await receiver("refuse", refusedByReceiver);
  mapAttributes({ manufactureYear: "ГодВыпуска", vin: "VIN" });
  const registry = mesh.services.registry[0];
  await registry?.stop();
  registry?.start();
  await registry?.ready();

  const watching = queue.watchMessages({ filter: { source: "1c" } }, { timeoutMs: 120_000 })[Symbol.asyncIterator]();
  expect((await watching.next()).value?.event.case).toBe("counts");
  let matched = 0n;
  for await (const { event } of queue.retryMatching({ filter: stuck }))
    if (event.case === "matched") matched = event.value;
  expect(matched).toBeGreaterThan(5n);
  const request = { filter: stuck, expectedCount: matched, reason: "mapping mended", requestId: "mend-1" };
  let summary: { retried: bigint; refused: bigint } | undefined;
  for await (const { event } of queue.retryMatching(request)) if (event.case === "summary") summary = event.value;
  expect(summary).toMatchObject({ retried: matched, refused: 0n });
  expect((await watching.next()).value?.event).toMatchObject({ case: "changed" });
  await watching.return?.();

  await mesh.clients().sources.pollNow({ source: "1c", waitMs: 60_000 });
  await mesh.drain();
  const answer = await trace.traceObject({ source: "1c", externalId: objectId });
  expect(answer).toMatchObject({ state: HopState.EQUAL, summary: "everybody has the target version" });
  const [asset] = answer.assets;
  expect(asset?.monitoring?.contentHash).toEqual(asset?.targetHash);
  expect([asset?.monitoring?.version, asset?.tracking?.version]).toEqual([asset?.targetVersion, asset?.targetVersion]);
  expect((await queue.listMessages({ filter: stuck })).messages).toEqual([]);
}, 180_000);

test("a receiver that refuses one object holds up that object alone, until it is mended and the message sent again", async () => {
  const outbound = { direction: Direction.OUTBOUND, source: "risk-portal", requestType: "asset.changed" };
  const delivered = await eventually(
    "everything but one to be delivered",
    async () => {
      const { counts } = await queue.listMessages({ filter: outbound });
      return counts?.created === 0n && counts.received === 0n && counts.failed === 1n ? counts : undefined;
    },
    { deadlineMs: 60_000 },
  );
  expect(delivered.processed).toBeGreaterThan(5n);
  const { lanes } = await queue.listBlockedLanes({});
  expect(lanes).toMatchObject([{ source: "risk-portal", objectId: refusedByReceiver }]);
  const blockedBy = lanes[0]?.blockedBy;
  const { attempts } = await queue.getMessage({ recordId: blockedBy?.recordId ?? "" });
  expect(attempts).toMatchObject([{ status: 422, error: expect.stringContaining("422") }]);

  await receiver("accept", refusedByReceiver);
  await queue.retryMessage({
    recordId: blockedBy?.recordId ?? "",
    etag: blockedBy?.etag ?? "",
    reason: "portal mended",
  });
  await eventually(
    "the message to be delivered",
    async () => {
      const { message } = await queue.getMessage({ recordId: blockedBy?.recordId ?? "" });
      return message?.requestState === MessageState.PROCESSED;
    },
    { deadlineMs: 60_000 },
  );
  expect((await queue.listBlockedLanes({})).lanes).toEqual([]);
  const there = await (await fetch(`${receiverUrl}/_admin/object?id=${refusedByReceiver}`)).json();
  const answer = await trace.traceObject({ source: "1c", externalId: refusedByReceiver });
  expect(there).toMatchObject({ recordIds: [blockedBy?.recordId], versions: [String(answer.targetVersion)] });
  expect(answer.state).toBe(HopState.EQUAL);
}, 180_000);
