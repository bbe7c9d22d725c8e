import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { findNatsServer, natsVersionOldest } from "@dozor/mesh/find-nats-server";
import { firstPass, type PassResult } from "@dozor/mesh/first-pass";
import { checkInvariants } from "@dozor/mesh/invariants/check-invariants";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { meshTruth, type Truth } from "./mesh-truth.ts";

const assets = 400;
const asked = process.env.DOZOR_TEST_NATS_VERSION || undefined;
const oldest = await findNatsServer(natsVersionOldest).catch(() => undefined);
// Both ways of reading 1C and both ends of the supported range of nats-server, without running every pair.
const variants = [
  { natsVersion: asked, onecAdapter: "1c-http", present: true },
  {
    natsVersion: asked ?? natsVersionOldest,
    onecAdapter: "1c-odata",
    present: asked !== undefined || oldest !== undefined,
  },
] as const;

for (const { natsVersion, onecAdapter, present } of variants) {
  const name = `two instances of each service, ${onecAdapter}, nats-server ${natsVersion ?? "as found"}`;
  describe.skipIf(!present)(name, () => {
    const dataDir = temporaryDataDir("dozor-mesh-");
    const now = new Date();
    let mesh: Mesh;
    let pass: PassResult;
    let truth: Truth;
    beforeAll(async () => {
      const options = { dataDir, portBase: await freePortBase(2), instances: 2, console: false, durable: false };
      mesh = await startMesh({ ...options, assets, now, natsVersion, onecAdapter, scheduled: false });
      pass = await firstPass(mesh, { asOf: now });
      truth = await meshTruth(mesh, now);
    }, 240_000);
    afterAll(async () => {
      await mesh?.[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    }, 60_000);

    test("the watched assets are those that should be watched", async () => {
      const rows = await mesh.databases.monitoring`select external_id from asset where watched order by 1`;
      expect(rows.map((row) => row.external_id)).toEqual([...truth.watched].sort());
      expect(truth.watched.length).toBeGreaterThan(assets / 4);
    });

    test("the assets with a task are exactly those that the world expects", async () => {
      const rows = await mesh.databases.monitoring`
        select a.external_id from task t join asset a using (asset_id) where t.state = 'open' order by 1
      `;
      expect(rows.map((row) => row.external_id)).toEqual([...truth.tasks].sort());
      expect(truth.tasks.length).toBeGreaterThan(0);
    });

    test("every indicator finds violated and unknown what the world expects, asset by asset", async () => {
      const rows = await mesh.databases.monitoring<{ key: string; result: string; externals: string[] }[]>`
        select i.indicator_key as key, v.result, array_agg(a.external_id order by a.external_id) as externals
        from verdict v join asset a using (asset_id) join run_indicator i using (run_id, indicator_id)
        where v.run_id = ${pass.run.runId} group by 1, 2
      `;
      const found = (key: string, result: string) =>
        rows.find((row) => row.key === key && row.result === result)?.externals ?? [];
      for (const [key, expected] of Object.entries(truth.expected)) {
        expect({ key, violated: found(key, "violated") }).toEqual({ key, violated: [...expected.violated].sort() });
        expect({ key, unknown: found(key, "unknown") }).toEqual({ key, unknown: [...expected.unknown].sort() });
      }
    });

    test("planned checks are violated, clear or unknown, and none failed", () => {
      const { planned = 0n, violated = 0n, clear = 0n, unknown = 0n, failed = 0n } = pass.run.counts ?? {};
      expect(failed).toBe(0n);
      expect(planned).toBe(violated + clear + unknown);
      expect(Number(planned)).toBe(truth.watched.length * Object.keys(truth.expected).length);
    });

    test("polling the same world again saves nothing and publishes nothing", async () => {
      const { sources } = mesh.clients(1);
      const before = await sources.listSources({});
      const [published] = await mesh.databases.registry`select count(*)::int as count from runtime.outbox`;
      await sources.pollNow({ source: "", waitMs: 60_000 });
      await mesh.drain();
      const after = await sources.listSources({});
      const saved = (answer: typeof before) => answer.sources.map((source) => source.totals?.saved);
      expect(saved(after)).toEqual(saved(before));
      const [again] = await mesh.databases.registry`select count(*)::int as count from runtime.outbox`;
      expect(again).toEqual(published);
    });

    test("starting the run of the same date again changes nothing", async () => {
      const { run, created } = await mesh.clients(1).runs.startRun({ businessDate: pass.run.businessDate });
      expect(created).toBe(false);
      expect(run?.proof).toBe(pass.run.proof);
    });

    test("another instance recomputes the same proof", async () => {
      const proof = await mesh.clients(1).runs.getRunProof({ runId: pass.run.runId });
      expect(proof.equal).toBe(true);
      expect(proof.storedProof).toBe(pass.run.proof);
      expect(proof.recomputedProof).toBe(pass.run.proof);
    });

    test("every invariant holds", async () => {
      for (const [invariant, { ok, checked, problems }] of Object.entries(await checkInvariants(mesh))) {
        expect({ invariant, ok, problems }).toEqual({ invariant, ok: true, problems: [] });
        expect(checked, invariant).toBeGreaterThan(0);
      }
    });

    test("no service needs more than 128 MiB", () => {
      for (const instance of Object.values(mesh.services).flat()) {
        expect(instance.peakRssMiB(), instance.name).toBeLessThan(128);
      }
    });
  });
}
