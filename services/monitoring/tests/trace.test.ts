import { expect, setDefaultTimeout, test } from "bun:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { HopState } from "@dozor/proto/monitoring/v1/trace";
import { VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import type { TraceEntityResponseSchema } from "@dozor/proto/registry/v1/registry";
import { QuarantineState } from "@dozor/proto/registry/v1/source";
import { freePort } from "@dozor/testkit/free-port";
import { assetIdOf, assetSnapshot } from "./support/asset-snapshots.ts";
import { type Monitoring, startMonitoring } from "./support/monitoring.ts";
import { runDay } from "./support/run-day.ts";

// Instances come up on a machine that is shared with other tests.
setDefaultTimeout(60_000);

const entityId = assetIdOf(1);
const hash = assetSnapshot(1).contentHash;
type Told = MessageInitShape<typeof TraceEntityResponseSchema>;

function registrySays(version: bigint, change: Told = {}): Told {
  const snapshot = { assetId: entityId, externalId: "ext-1", version, contentHash: hash, eventId: "event" };
  return {
    entityId,
    source: "1c",
    externalId: "ext-1",
    version,
    sourceVersion: `v${version}`,
    snapshots: [snapshot],
    ...change,
  };
}

/** Registry has it as well, so that reconciliation leaves it alone. */
async function projectThird(monitoring: Monitoring): Promise<void> {
  const snapshot = assetSnapshot(1, { version: 3n });
  monitoring.others.registryAssets.set(entityId, snapshot);
  await monitoring.applyAssets([snapshot]);
}

test("an object that everybody has is equal everywhere, with the verdicts of the newest run", async () => {
  await using monitoring = await startMonitoring();
  await projectThird(monitoring);
  monitoring.others.traces.set(entityId, registrySays(3n));
  monitoring.others.directory.set(entityId, 3n);
  const run = await runDay(monitoring);
  await monitoring.drain();
  const trace = await monitoring.as("integration_admin").trace.traceObject({ entityId });
  expect(trace).toMatchObject({
    state: HopState.EQUAL,
    summary: "everybody has the target version",
    targetSourceVersion: "v3",
    targetVersion: 3n,
  });
  const [asset] = trace.assets;
  expect(asset).toMatchObject({ targetVersion: 3n, monitoring: { state: HopState.EQUAL, version: 3n } });
  expect(asset?.monitoring?.contentHash).toEqual(asset?.targetHash);
  expect(asset?.runs[0]?.runId).toBe(run.runId);
  expect(asset?.runs[0]?.verdicts[0]?.result).toBe(VerdictResult.UNKNOWN);
});

test("whoever has an older version, nothing, or another content is named by one word", async () => {
  await using monitoring = await startMonitoring();
  await projectThird(monitoring);
  const trace = async () => await monitoring.as("operator").trace.traceObject({ entityId });
  monitoring.others.traces.set(entityId, registrySays(4n));
  const behind = await trace();
  expect(behind.state).toBe(HopState.MISSING);
  expect(behind.assets[0]?.monitoring?.state).toBe(HopState.BEHIND);
  expect(behind.assets[0]?.tracking?.state).toBe(HopState.MISSING);
  expect(behind.summary).toBe("monitoring: behind; tracking: missing");
  const other = { assetId: entityId, version: 3n, contentHash: new Uint8Array(32).fill(9), pending: true };
  monitoring.others.traces.set(entityId, registrySays(3n, { snapshots: [other] }));
  monitoring.others.directory.set(entityId, 3n);
  const different = await trace();
  expect(different.state).toBe(HopState.DIFFERENT);
  expect(different.summary).toBe("event: behind; monitoring: different");
});

test("a refused record is the target that registry does not have", async () => {
  await using monitoring = await startMonitoring();
  const refused = { quarantineState: QuarantineState.OPEN, quarantinedSourceVersion: "v4" };
  monitoring.others.traces.set(entityId, registrySays(3n, refused));
  const trace = await monitoring.as("operator").trace.traceObject({ entityId });
  expect(trace).toMatchObject({
    entityState: HopState.BEHIND,
    targetSourceVersion: "v4",
    targetVersion: 0n,
    summary: "its newest record is refused and lies in quarantine",
  });
});

test("a part that does not answer is called unreachable, and the rest is told all the same", async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  await using monitoring = await startMonitoring({
    env: { MONITORING_REGISTRY_URL: nobody, MONITORING_TRACKING_URL: nobody },
  });
  await projectThird(monitoring);
  const { trace } = monitoring.as("operator");
  const answer = await trace.traceObject({ entityId });
  expect(answer).toMatchObject({ entityState: HopState.UNREACHABLE, summary: "registry does not answer" });
  expect(answer.assets[0]).toMatchObject({
    monitoring: { state: HopState.UNREACHABLE, version: 3n },
    tracking: { state: HopState.UNREACHABLE },
  });
  const stranger = trace.traceObject({ entityId: assetIdOf(2) });
  expect(await stranger.catch((error: unknown) => ConnectError.from(error).code)).toBe(Code.NotFound);
  const viewer = monitoring.as("viewer").trace.traceObject({ entityId });
  expect(await viewer.catch((error: unknown) => ConnectError.from(error).code)).toBe(Code.PermissionDenied);
});
