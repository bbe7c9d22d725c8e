import { spyOn } from "bun:test";
import { eventually } from "@dozor/testkit/eventually";
import { testNats } from "@dozor/testkit/nats";
import type { KV, Payload } from "nats";
import { type Database, openDatabase, type Tx } from "../src/database.ts";
import { leaseBucket } from "../src/jetstream.ts";
import { confirmEpoch, listJobs, raiseEpoch, recordSuccess, registerJobs, StaleEpochError } from "../src/job-ledger.ts";
import { acquireLease, type Lease } from "../src/lease.ts";
import { silentLog } from "../src/log.ts";
import { connectNats } from "../src/nats-connection.ts";
import { testDatabase } from "./test-database.ts";

/** What a test may replace by something broken. */
export type Ledger = { confirmEpoch: typeof confirmEpoch; recordSuccess: typeof recordSuccess };
export const soundLedger: Ledger = { confirmEpoch, recordSuccess };

export const holderNames = ["a", "b", "c"] as const;
export type HolderName = (typeof holderNames)[number];

/** A transaction of a job that was begun and not ended: its holder is in the middle of its work. */
export type OpenCommit = { holder: HolderName; epoch: number; end(how: Ending): Promise<Outcome> };
/** A cut one loses its connection, as when Postgres ends what says nothing for too long. */
export type Ending = "commit" | "roll back" | "cut";
export type Outcome = "committed" | "undone" | "refused";

export type Holders = Awaited<ReturnType<typeof startHolders>>;

// Far longer than a test: a term ends when the schedule says so, and whoever holds it does not notice, as if its clock stood still.
const ttlMs = 6_000_006;
const renewalsPerTerm = 6;

/** Three instances of a service, each with connections of its own, whose renewals happen when they are told to. */
export async function startHolders() {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await testDatabase());
  const corner = stack.use(await testNats());
  const nats = stack.use(await connectNats({ url: corner.url, name: "holders", log: silentLog }));
  const kv = await leaseBucket(nats, { bucket: corner.prefix, ttlMs });
  const databases = new Map<HolderName, Database>();
  for (const name of holderNames)
    databases.set(name, stack.use(await openDatabase({ url: db.url, applicationName: `holder-${name}`, poolMax: 3 })));
  await db.database.sql`create table effect (id uuid primary key, job text not null, epoch bigint not null)`;
  const databaseOf = (name: HolderName): Database => databases.get(name) ?? db.database;
  const owned = stack.move();
  return {
    sql: db.database.sql,
    async newJob(): Promise<string> {
      const job = `job-${crypto.randomUUID()}`;
      await registerJobs(db.database, [job]);
      return job;
    },
    record: async (job: string) => (await listJobs(db.database)).find(({ name }) => name === job),
    /** As a job runner does it: the lease first, then the epoch. */
    async acquire(job: string, holder: HolderName, isAnswerLost: boolean): Promise<RenewedLease | undefined> {
      if (isAnswerLost) loseAnswer(kv, "create");
      return await leaseWithRenewals({ key: job, holder, ttlMs, kv: async () => kv });
    },
    async renew(lease: RenewedLease, isAnswerLost: boolean): Promise<void> {
      if (isAnswerLost) loseAnswer(kv, "update");
      await lease.renew();
    },
    /** The server ends the term: nobody renewed the lease in time. */
    expire: async (job: string) => await kv.purge(job),
    async holderOfLease(job: string): Promise<string | undefined> {
      const entry = await kv.get(job);
      return entry?.operation === "PUT" ? entry.string().split(" ")[0] : undefined;
    },
    raise: async (job: string, holder: HolderName) => await raiseEpoch(databaseOf(holder), job, holder, 0),
    succeed: (ledger: Ledger, job: string, holder: HolderName, epoch: number) =>
      ledger.recordSuccess(databaseOf(holder), job, epoch),
    /** Resolves in the middle of the transaction; undefined when it was refused. */
    open: (ledger: Ledger, job: string, holder: HolderName, epoch: number) =>
      openCommit(databaseOf(holder), db.database, ledger, { job, holder, epoch }),
    /** Resolves when the call has ended or waits for a lock of somebody else. */
    async endedOrBlocked(calls: readonly Call[]): Promise<void> {
      await eventually("every call to end or to wait for a lock", async () => {
        const under = calls.filter(({ isOver }) => !isOver).length;
        if (under === 0) return true;
        const [row] = await db.database.sql<{ count: number }[]>`
          select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return (row?.count ?? 0) >= under;
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export type Call = { isOver: boolean };

/** Of each commit that took place: how many commits of older epochs it found when it was begun. */
export type Found = { epoch: number; effect: string; olderCommits: number };

async function openCommit(
  database: Database,
  outside: Database,
  ledger: Ledger,
  { job, holder, epoch }: { job: string; holder: HolderName; epoch: number },
): Promise<(OpenCommit & { found: Found }) | undefined> {
  const opened = Promise.withResolvers<{ found: Found; backend: number }>();
  const ending = Promise.withResolvers<Ending>();
  const work = async (tx: Tx): Promise<void> => {
    await ledger.confirmEpoch(tx, job, epoch);
    const effect = crypto.randomUUID();
    const [row] = await tx<{ backend: number; older: number }[]>`
      select pg_backend_pid() as backend, (select count(*) from runtime.job_commit where job = ${job} and epoch < ${epoch}) as older`;
    await tx`insert into effect (id, job, epoch) values (${effect}, ${job}, ${epoch})`;
    opened.resolve({ found: { epoch, effect, olderCommits: row?.older ?? 0 }, backend: row?.backend ?? 0 });
    if ((await ending.promise) === "roll back") throw new RolledBack();
  };
  const done = database.transaction("test.commit", work, { attemptsMax: 1 }).then(
    (): Outcome => "committed",
    (error: unknown): Outcome => {
      if (error instanceof StaleEpochError) return "refused";
      return "undone";
    },
  );
  const begun = await Promise.race([opened.promise, done]);
  if (begun === "refused") return undefined;
  if (typeof begun === "string") throw new Error(`begin a commit of ${job}: it was ${begun} before it was open`);
  return {
    ...{ holder, epoch, found: begun.found },
    async end(how) {
      // It learns from its connection what happened, while its work still stands where it stood.
      if (how === "cut") await outside.sql`select pg_terminate_backend(${begun.backend})`;
      else ending.resolve(how);
      return await done;
    },
  };
}

class RolledBack extends Error {}

export type RenewedLease = Lease & { renew(): Promise<void> };

/** The lease with what its timer would do some day. */
async function leaseWithRenewals(options: Parameters<typeof acquireLease>[0]): Promise<RenewedLease | undefined> {
  const timers = spyOn(globalThis, "setInterval");
  try {
    const lease = await acquireLease(options);
    if (lease === undefined) return undefined;
    const [renew] = timers.mock.calls.findLast(([, ms]) => ms === ttlMs / renewalsPerTerm) ?? [];
    if (typeof renew !== "function") throw new Error(`the lease ${options.key} set no timer for its renewals`);
    return Object.assign(lease, { renew: async () => await renew() });
  } finally {
    timers.mockRestore();
  }
}

/** Once: the bucket does what it is asked, and the answer does not arrive. */
function loseAnswer(kv: KV, method: "create" | "update"): void {
  const done = kv[method].bind(kv);
  spyOn(kv, method).mockImplementationOnce(async (key: string, value: Payload, revision: number) => {
    await done(key, value, revision);
    throw new Error("the answer was lost");
  });
}
