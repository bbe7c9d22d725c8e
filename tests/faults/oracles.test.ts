import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { firstPass } from "@dozor/mesh/first-pass";
import { checkInvariants, oracleContext, oracles } from "@dozor/mesh/invariants/check-invariants";
import { acceptedVersionsRise } from "@dozor/mesh/invariants/journal-holds";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase, type ServiceName } from "@dozor/mesh/ports";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { durables } from "@dozor/proto/streams";
import { eventually } from "@dozor/testkit/eventually";
import type { TransactionSql } from "postgres";

// A state that must never be, made in a transaction that is rolled back: an oracle that stays green on it is worth nothing.
const broken: Record<string, { where: ServiceName; by: (tx: TransactionSql) => Promise<unknown> }> = {
  I1: {
    where: "monitoring",
    by: (tx) =>
      tx`update asset set version = version + 1 where asset_id = (select asset_id from asset order by 1 limit 1)`,
  },
  I2: {
    where: "monitoring",
    by: async (tx) => {
      await tx`drop index task_is_one_per_asset`;
      await tx`
        insert into task (task_id, asset_id, state, severity, created_on, created_at, updated_at)
        select gen_random_uuid(), asset_id, 'open', severity, created_on, created_at, updated_at from task where state = 'open' limit 1
      `;
    },
  },
  I3: {
    where: "monitoring",
    by: (tx) => tx`
      insert into run_chunk (run_id, chunk_no, slice_no, indicator_id, indicator_version, asset_ids, state)
      select run_id, chunk_no + 1000000, slice_no + 1000000, indicator_id, indicator_version, asset_ids, 'planned' from run_chunk limit 1
    `,
  },
  I4: { where: "registry", by: (tx) => tx`delete from contact where id = (select id from contact order by 1 limit 1)` },
  I5: {
    where: "registry",
    by: (tx) => tx`
      insert into runtime.outbox (id, lane, topic, key, schema, payload, published_at)
      select gen_random_uuid(), lane, topic, key, schema, payload, now() from runtime.outbox limit 1
    `,
  },
  I6: {
    where: "monitoring",
    by: (tx) => tx`
      insert into report_delta (dimension, key, asset_count, watched_asset_count, task_count, violation_count)
      values ('total', '', 0, 0, 1, 0)
    `,
  },
  I7: {
    where: "monitoring",
    by: (tx) => tx`delete from verdict where ctid = (select ctid from verdict limit 1)`,
  },
  I8: {
    where: "monitoring",
    by: (tx) => tx`
      update task set state = 'resolved', outcome = 'false_positive'
      where task_id = (select task_id from task where state = 'open' limit 1)
    `,
  },
  I9: {
    where: "registry",
    by: (tx) => tx`update runtime.outbox set published_at = null where id = (select id from runtime.outbox limit 1)`,
  },
  I10: {
    where: "tracking",
    by: (tx) => tx`delete from runtime.inbox where ctid = (select ctid from runtime.inbox limit 1)`,
  },
  I11: {
    where: "registry",
    by: (tx) => tx`insert into runtime.job_commit (job, epoch) select job, 0 from runtime.job_commit limit 1`,
  },
};

// The same for the further parts of which some invariants consist, and for what the journals promise.
const brokenParts: {
  promise: string;
  name: string;
  where: ServiceName;
  by: (tx: TransactionSql) => Promise<unknown>;
}[] = [
  {
    promise: "four attempts at most",
    name: "I8",
    where: "registry",
    by: (tx) =>
      tx`update integration_message set attempts = 5 where counter = (select counter from integration_message where request_type = 'counterparty.changed' limit 1)`,
  },
  {
    promise: "a refusal is not tried again",
    name: "I8",
    where: "registry",
    by: (tx) => tx`
      insert into integration_attempt (record_id, number, status, error)
      select record_id, 100, 422, 'refused' from integration_message where request_type = 'counterparty.changed' limit 1`,
  },
  {
    promise: "each failure is told once",
    name: "I8",
    where: "registry",
    by: async (tx) => {
      await tx`insert into integration_notice (record_id, failure, channel, notice_id) values (gen_random_uuid(), 1, 'webhook', gen_random_uuid())`;
      await tx`
        update integration_message set failures = 1
        where counter = (select counter from integration_message where request_type = 'counterparty.changed' limit 1)`;
    },
  },
  {
    promise: "transitions are kept by the table itself",
    name: "I8",
    where: "tracking",
    by: (tx) => tx`alter table integration_message disable trigger integration_message_transition`,
  },
  {
    promise: "what is sent of an object has rising versions",
    name: "I5",
    where: "registry",
    by: (tx) => tx`
      insert into integration_message (record_id, direction, source, object_id, request_type, object_version, body, request_state)
      select gen_random_uuid(), direction, source, object_id, request_type, object_version, body, 3
      from integration_message where request_type = 'counterparty.changed' limit 1`,
  },
  {
    promise: "the outbox of tracking goes out",
    name: "I9",
    where: "tracking",
    by: (tx) => tx`update runtime.outbox set published_at = null where id = (select id from runtime.outbox limit 1)`,
  },
  {
    promise: "the outbox of monitoring goes out",
    name: "I9",
    where: "monitoring",
    by: (tx) => tx`update runtime.outbox set published_at = null where id = (select id from runtime.outbox limit 1)`,
  },
  {
    promise: "what a receiver is to be sent is sent",
    name: "I9",
    where: "registry",
    by: (tx) =>
      tx`insert into integration_lane (source, object_id, head_record_id) values ('risk-portal', 'nobody', gen_random_uuid())`,
  },
  {
    promise: "snapshots of what changed are made",
    name: "I9",
    where: "registry",
    by: (tx) => tx`insert into pending_snapshot (asset_id) select id from asset limit 1`,
  },
  {
    promise: "a run ends",
    name: "I9",
    where: "monitoring",
    by: (tx) =>
      tx`update run set state = 'checking', ended_at = null, proof = null where run_id = (select run_id from run limit 1)`,
  },
  {
    promise: "every saved record is in the journal",
    name: "I10",
    where: "registry",
    by: (tx) => tx`delete from integration_message where entity_id = (select id from asset order by 1 limit 1)`,
  },
];

const dataDir = temporaryDataDir("dozor-oracles-");
let mesh: Mesh;
beforeAll(async () => {
  const portBase = await freePortBase(1);
  mesh = await startMesh({ dataDir, portBase, assets: 200, console: false, durable: false, scheduled: false });
  await firstPass(mesh);
}, 120_000);
afterAll(async () => {
  await mesh?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

test("after an undisturbed pass every invariant holds, and each oracle looked at something", async () => {
  const findings = await checkInvariants(mesh);
  expect(Object.keys(findings)).toEqual(Object.keys(broken));
  for (const [name, { ok, checked, problems }] of Object.entries(findings)) {
    expect({ name, ok, problems }).toEqual({ name, ok: true, problems: [] });
    expect(checked, name).toBeGreaterThan(0);
  }
});

const all = [
  ...Object.entries(broken).map(([name, { where, by }]) => ({ name, where, by, promise: "" })),
  ...brokenParts,
];
for (const { name, where, by, promise } of all) {
  test(`the oracle of ${name} turns red on a broken ${where}${promise === "" ? "" : `: ${promise}`}`, async () => {
    const rolledBack = new Error("rolled back on purpose");
    const attempt = mesh.databases[where].begin(async (tx) => {
      await by(tx);
      const context = oracleContext(mesh);
      const finding = await oracles[name]?.({ ...context, databases: { ...context.databases, [where]: tx } });
      expect(finding?.ok).toBe(false);
      expect(finding?.problems.length).toBeGreaterThan(0);
      throw rolledBack;
    });
    expect(attempt).rejects.toBe(rolledBack);
    await attempt.catch(() => {});
  });
}

test("the oracle of I9 turns red on a reader that stands still", async () => {
  const [tracking] = mesh.services.tracking;
  tracking?.pause();
  try {
    const { run } = await mesh.clients().runs.startRun({ businessDate: yesterday() });
    expect(run?.runId).not.toBe("");
    const waiting = async () => {
      const finding = await oracles.I9?.(oracleContext(mesh));
      return finding?.problems.find((problem) => problem.startsWith(durables.trackingChecks));
    };
    expect(await eventually("checks that nobody reads", waiting, { deadlineMs: 30_000 })).toContain("messages");
  } finally {
    tracking?.resume();
  }
  await mesh.drain();
  expect((await checkInvariants(mesh)).I9).toMatchObject({ ok: true });
}, 120_000);

function yesterday(): string {
  return new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
}

test("a receiver that accepted an older version after a newer one is seen", () => {
  const accepted = (version: string) => ({ recordId: crypto.randomUUID(), objectId: "A-1", version });
  expect(acceptedVersionsRise([accepted("1"), accepted("3")]).ok).toBe(true);
  expect(acceptedVersionsRise([accepted("3"), accepted("1")]).ok).toBe(false);
});
