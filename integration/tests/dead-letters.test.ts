import { expect, setDefaultTimeout, test } from "bun:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { DeadLetterState } from "@dozor/proto/integration/v1/dead_letter";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { type Queue, startQueue } from "./queue-harness.ts";

setDefaultTimeout(60_000);

const snapshot = create(AssetSnapshotSchema, { assetId: crypto.randomUUID(), version: 7n, description: "КАМАЗ" });

async function writeLetter(
  { sql }: Queue,
  { consumer = "apply-asset-snapshots", payload = toBinary(AssetSnapshotSchema, snapshot) } = {},
): Promise<bigint> {
  const [row] = await sql<{ id: number }[]>`
    insert into runtime.dead_letter (consumer, message_id, stream, subject, schema, payload, headers, reason, cause, attempts)
    values (${consumer}, ${crypto.randomUUID()}, 'DOZOR_REGISTRY', 'dozor.registry.v1.asset.3', ${AssetSnapshotSchema.typeName},
      ${Buffer.from(payload)}, ${sql.json({ traceparent: "00-1-2-01" })}, 'failed', 'version must not fall', 5)
    returning id`;
  return BigInt(row?.id ?? 0);
}

test("a dead letter says what it was, why it failed, and what it carries", async () => {
  await using queue = await startQueue();
  const id = await writeLetter(queue);
  const { deadLetter, payload, payloadJson, headers } = await queue.deadLetters().getDeadLetter({ id });
  expect(deadLetter).toMatchObject({ id, cause: "version must not fall", state: DeadLetterState.OPEN, settledBy: "" });
  expect(JSON.parse(payloadJson)).toMatchObject({ version: "7", description: "КАМАЗ" });
  expect(payload).toEqual(toBinary(AssetSnapshotSchema, snapshot));
  expect(headers).toEqual({ traceparent: "00-1-2-01" });
  const broken = await writeLetter(queue, { payload: new Uint8Array([0xff, 0xff]) });
  expect((await queue.deadLetters().getDeadLetter({ id: broken })).payloadJson).toBe("");
  const missing = queue.deadLetters().getDeadLetter({ id: 999n });
  expect(await missing.catch((error: unknown) => ConnectError.from(error).code)).toBe(Code.NotFound);
});

test("dead letters are listed newest first, by consumer and state, and paged", async () => {
  await using queue = await startQueue();
  const ids = [
    await writeLetter(queue),
    await writeLetter(queue, { consumer: "judge-facts" }),
    await writeLetter(queue),
  ];
  await queue.deadLetters().discardDeadLetters({ ids: ids.slice(2), reason: "known" });
  const first = await queue.deadLetters().listDeadLetters({ pageSize: 2 });
  const second = await queue.deadLetters().listDeadLetters({ pageSize: 2, pageToken: first.nextPageToken });
  const seen = [...first.deadLetters, ...second.deadLetters].map(({ id }) => id);
  expect(seen).toEqual(ids.toReversed());
  expect(second.nextPageToken).toBe("");
  expect(first.openCounts).toEqual({ "apply-asset-snapshots": 1n, "judge-facts": 1n });
  const judged = await queue.deadLetters().listDeadLetters({ consumer: "judge-facts", state: DeadLetterState.OPEN });
  expect(judged.deadLetters.map(({ id }) => id)).toEqual(ids.slice(1, 2));
});

test("a redriven letter is handed to its consumer again, by a named person for a named reason", async () => {
  await using queue = await startQueue();
  const mine = [await writeLetter(queue), await writeLetter(queue)];
  const other = await writeLetter(queue, { consumer: "judge-facts" });
  const letters = queue.deadLetters("operator");
  expect(await letters.redriveDeadLetters({ ids: mine.slice(0, 1), reason: "bug mended" })).toMatchObject({
    redriven: 1n,
  });
  // One of the two waits for its consumer already.
  expect(await letters.redriveDeadLetters({ consumer: "apply-asset-snapshots", reason: "all" })).toMatchObject({
    redriven: 1n,
  });
  const { deadLetter } = await letters.getDeadLetter({ id: mine[0] ?? 0n });
  expect(deadLetter).toMatchObject({
    state: DeadLetterState.RETRY,
    settledBy: "test-operator",
    settlement: "bug mended",
  });
  expect((await letters.getDeadLetter({ id: other })).deadLetter?.state).toBe(DeadLetterState.OPEN);
});

test("a discarded letter is not tried again, and a request that names nothing is refused", async () => {
  await using queue = await startQueue();
  const id = await writeLetter(queue);
  const letters = queue.deadLetters();
  expect(await letters.discardDeadLetters({ ids: [id], reason: "superseded" })).toMatchObject({ discarded: 1n });
  expect(await letters.redriveDeadLetters({ ids: [id] })).toMatchObject({ redriven: 0n });
  expect(await letters.discardDeadLetters({ ids: [id], reason: "again" })).toMatchObject({ discarded: 0n });
  for (const request of [{}, { ids: [id], consumer: "judge-facts" }]) {
    const call = letters.redriveDeadLetters(request);
    expect(await call.catch((error: unknown) => ConnectError.from(error).code)).toBe(Code.InvalidArgument);
  }
  const viewer = queue.deadLetters("viewer").listDeadLetters({});
  expect(await viewer.catch((error: unknown) => ConnectError.from(error).code)).toBe(Code.PermissionDenied);
});
