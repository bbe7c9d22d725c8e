import { afterAll, beforeAll, expect, test } from "bun:test";
import { testDatabase } from "@dozor/testkit/database";
import { testNats } from "@dozor/testkit/nats";
import { leaseBucket } from "./jetstream.ts";
import type { Job, JobRun } from "./job.ts";
import { type JobRecord, listJobs, raiseEpoch, registerJobs, StaleEpochError } from "./job-ledger.ts";
import { type Jobs, startJobs } from "./jobs.ts";
import { acquireLease } from "./lease.ts";
import { silentLog } from "./log.ts";
import { runtimeMigrations } from "./migrate.ts";
import { connectNats, type Nats } from "./nats-connection.ts";

let db: Awaited<ReturnType<typeof testDatabase>>;
let corner: Awaited<ReturnType<typeof testNats>>;
let nats: Nats;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  db = stack.use(await testDatabase([runtimeMigrations]));
  corner = stack.use(await testNats());
  nats = stack.use(await connectNats({ url: corner.url, name: "jobs-test", log: silentLog }));
  await db.sql`create table effect (id bigint generated always as identity, holder text not null)`;
});
afterAll(() => stack.disposeAsync());

const bucket = (ttlMs: number) => ({ bucket: `${corner.prefix}_${ttlMs}`, ttlMs });

function instance(holder: string, jobs: Job<string>[], ttlMs = 3_000): Promise<Jobs> {
  return startJobs({
    jobs,
    context: holder,
    database: db.database,
    nats,
    lease: bucket(ttlMs),
    scope: "test",
    holder,
    log: silentLog,
  });
}

/** A job that never ticks by itself within a test. */
const onDemand = (name: string, runOnce: (holder: string, run: JobRun) => Promise<void>): Job<string> => ({
  name,
  everyMs: 86_400_000,
  runOnce,
});

const effectOf = (holder: string, run: JobRun) =>
  run.commit("effect", async (tx) => {
    await tx`insert into effect (holder) values (${holder})`;
  });

async function record(name: string): Promise<JobRecord> {
  const found = (await listJobs(db.database)).find((job) => job.name === name);
  if (found === undefined) throw new Error(`job ${name} is not registered`);
  return found;
}

test("of two instances asked at once one runs at a time, each under an epoch of its own", async () => {
  let atOnce = 0;
  let atOnceMax = 0;
  const job = onDemand("alone", async (holder, run) => {
    atOnce += 1;
    atOnceMax = Math.max(atOnceMax, atOnce);
    await effectOf(holder, run);
    atOnce -= 1;
  });
  await using a = await instance("a", [job]);
  await using b = await instance("b", [job]);
  await Promise.all([a.runNow("alone"), b.runNow("alone")]);
  expect(atOnceMax).toBe(1);
  expect(await record("alone")).toMatchObject({ epoch: 2, holder: undefined, lastFailure: undefined });
  expect((await record("alone")).lastSuccessAt).toBeInstanceOf(Date);
});

test("who asks while a run is under way gets one that began afterwards, and all who ask meanwhile share it", async () => {
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  let runs = 0;
  const job = onDemand("asked", async () => {
    runs += 1;
    entered.resolve();
    if (runs === 1) await gate.promise;
  });
  await using a = await instance("a", [job]);
  const first = a.runNow("asked");
  await entered.promise;
  const second = a.runNow("asked");
  const third = a.runNow("asked");
  gate.resolve();
  await first;
  expect(runs).toBe(1);
  await Promise.all([second, third]);
  expect(runs).toBe(2);
});

test("who asks while another instance runs the job gets a run that began afterwards", async () => {
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const began: string[] = [];
  const job = onDemand("asked-elsewhere", async (holder) => {
    began.push(holder);
    entered.resolve();
    if (began.length === 1) await gate.promise;
  });
  await using a = await instance("a", [job]);
  await using b = await instance("b", [job]);
  const first = a.runNow("asked-elsewhere");
  await entered.promise;
  const second = b.runNow("asked-elsewhere");
  gate.resolve();
  await Promise.all([first, second]);
  expect(began).toEqual(["a", "b"]);
});

test("a tick with nothing due takes neither lease nor epoch, and who asks gets the run all the same", async () => {
  const looked = Promise.withResolvers<void>();
  const job: Job<string> = {
    name: "seldom-due",
    everyMs: 86_400_000,
    atStart: true,
    isDue: async () => {
      looked.resolve();
      return false;
    },
    runOnce: effectOf,
  };
  await using a = await instance("a", [job]);
  await looked.promise;
  expect((await record("seldom-due")).epoch).toBe(0);
  await a.runNow("seldom-due");
  expect((await record("seldom-due")).epoch).toBe(1);
});

test("a holder that was overtaken cannot commit", async () => {
  const entered = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const job = onDemand("overtaken", async (holder, run) => {
    if (holder === "slow") {
      entered.resolve();
      await gate.promise;
    }
    await effectOf(holder, run);
  });
  await using slow = await instance("slow", [job], 600);
  const slowRun = slow.runNow("overtaken");
  await entered.promise;
  // What a pause of the process does: the term ends although the holder still believes in it.
  const kv = await leaseBucket(nats, bucket(600));
  await kv.purge("test.overtaken");
  await using fast = await instance("fast", [job], 600);
  await fast.runNow("overtaken");
  gate.resolve();
  await expect(slowRun).rejects.toBeInstanceOf(StaleEpochError);
  const holders = await db.sql`select holder from effect where holder in ('slow', 'fast')`;
  expect(holders.map((row) => row.holder)).toEqual(["fast"]);
});

test("every commit leaves the epoch it was made under", async () => {
  const job = onDemand("audited", effectOf);
  await using a = await instance("a", [job]);
  await a.runNow("audited");
  await a.runNow("audited");
  const commits = await db.sql`select epoch from runtime.job_commit where job = 'audited' order by id`;
  expect(commits.map((row) => Number(row.epoch))).toEqual([1, 2]);
});

test("a job that fails says so to whoever asked and in its record", async () => {
  const job = onDemand("failing", () => Promise.reject(new Error("1C is away")));
  await using a = await instance("a", [job]);
  await expect(a.runNow("failing")).rejects.toThrow("1C is away");
  expect((await record("failing")).lastFailure).toBe("1C is away");
});

test("a job that is to run at start does", async () => {
  const ran = Promise.withResolvers<string>();
  await using _a = await instance("a", [
    { name: "at-start", everyMs: 86_400_000, atStart: true, runOnce: async (holder) => ran.resolve(holder) },
  ]);
  expect(await ran.promise).toBe("a");
});

test("a lease is one holder's, is free again when released, and its old holder cannot take the new one's away", async () => {
  const options = { kv: () => leaseBucket(nats, bucket(3_000)), key: "one", ttlMs: 3_000 };
  const first = await acquireLease({ ...options, holder: "first" });
  expect(first?.isHeld()).toBe(true);
  expect(await acquireLease({ ...options, holder: "second" })).toBeUndefined();
  await first?.release();
  expect(first?.isHeld()).toBe(false);
  await using second = await acquireLease({ ...options, holder: "second" });
  await first?.release();
  expect(second?.isHeld()).toBe(true);
  expect(await acquireLease({ ...options, holder: "third" })).toBeUndefined();
});

test("a lease whose key somebody else took is given up at the next renewal", async () => {
  const options = { kv: () => leaseBucket(nats, bucket(600)), key: "stolen", ttlMs: 600 };
  await using held = await acquireLease({ ...options, holder: "first" });
  if (held === undefined) throw new Error("the lease was not free");
  const lost = new Promise<void>((resolve) => held.signal.addEventListener("abort", () => resolve(), { once: true }));
  const kv = await leaseBucket(nats, bucket(600));
  await kv.put("stolen", new TextEncoder().encode("second"));
  await lost;
  expect(held.isHeld()).toBe(false);
});

test("instances which tick one after the other do not run a job twice within its interval", async () => {
  await registerJobs(db.database, ["paced"]);
  expect(await raiseEpoch(db.database, "paced", "a", 60_000)).toBe(1);
  expect(await raiseEpoch(db.database, "paced", "b", 60_000)).toBeUndefined();
  expect(await raiseEpoch(db.database, "paced", "b", 0)).toBe(2);
});
