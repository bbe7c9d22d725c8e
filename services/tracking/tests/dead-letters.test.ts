import { expect, setDefaultTimeout, test } from "bun:test";
import { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { subject, topics } from "@dozor/proto/streams";
import { createGrpcClient } from "@dozor/runtime/client";
import { startTracking } from "./harness.ts";

// Instances come up on a machine that is shared with other tests.
setDefaultTimeout(60_000);

test("a poisoned snapshot becomes a dead letter, and its neighbours of other assets are applied", async () => {
  await using mesh = await startTracking({ providers: [] });
  const [first, last] = [crypto.randomUUID(), crypto.randomUUID()];
  await mesh.publishAssets([
    { assetId: first, version: 1n },
    { assetId: "not an id", version: 1n },
    { assetId: last, version: 1n },
  ]);
  const { entries } = await mesh.tracking().listDirectoryEntries({ assetIds: [first, last] });
  expect(entries.map(({ assetId, version }) => [assetId, version])).toEqual(
    [first, last].sort().map((assetId) => [assetId, 1n]),
  );
  const token = () => mesh.token("operator");
  const letters = createGrpcClient(DeadLetterService, { baseUrl: mesh.service.grpcUrl, token });
  expect((await letters.listDeadLetters({})).openCounts).toEqual({ "apply-asset-snapshots": 1n });
});

test("a check request that nobody can read does not keep the next one from being answered", async () => {
  await using mesh = await startTracking({ providers: [] });
  const assetId = crypto.randomUUID();
  await mesh.publishAssets([{ assetId, version: 1n }]);
  const poison = new Uint8Array([0xff, 0xff, 0xff]);
  const options = { msgID: crypto.randomUUID() };
  await mesh.nats.jetstream.publish(subject(mesh.streamNames, topics.check, 0), poison, options);
  const reply = await mesh.check({ assets: [{ assetId }] });
  expect(reply.facts.map((facts) => facts.assetId)).toEqual([assetId]);
  const token = () => mesh.token("operator");
  const letters = createGrpcClient(DeadLetterService, { baseUrl: mesh.service.grpcUrl, token });
  const { deadLetters } = await letters.listDeadLetters({});
  expect(deadLetters).toMatchObject([{ consumer: "answer-checks", reason: "undecodable" }]);
});
