// Random schedules of instances that take one job from each other: terms end unnoticed, answers of the bucket are lost, holders act long after their time and
// are stopped in the middle of a commit. Lease, ledger, Postgres and NATS are the real ones. `DOZOR_TEST_SEED` repeats a run.

import { expect, setDefaultTimeout, test } from "bun:test";
import * as fc from "fast-check";
import { confirmEpoch } from "../src/job-ledger.ts";
import {
  type Call,
  type Ending,
  type Found,
  type HolderName,
  type Holders,
  holderNames,
  type Ledger,
  type OpenCommit,
  type RenewedLease,
  soundLedger,
  startHolders,
} from "./holders-harness.ts";

setDefaultTimeout(120_000);

type Command =
  | { does: "acquire" | "renew"; holder: HolderName; isAnswerLost: boolean }
  | { does: "begin a commit" | "succeed" | "crash"; holder: HolderName }
  | { does: "end the commit"; holder: HolderName; how: Ending }
  | { does: "end the term" };

const holder = fc.constantFrom(...holderNames);
const isAnswerLost = fc.nat(9).map((drawn) => drawn === 0);
const one = <const D extends string>(does: D) => fc.constant(does);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: one("acquire"), holder, isAnswerLost }) },
  { weight: 2, arbitrary: fc.record({ does: one("renew"), holder, isAnswerLost }) },
  { weight: 6, arbitrary: fc.record({ does: one("begin a commit"), holder }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: one("end the commit"),
      holder,
      how: fc.constantFrom<Ending>("commit", "commit", "commit", "roll back", "cut"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom("succeed" as const, "crash" as const), holder }) },
  { weight: 3, arbitrary: fc.record({ does: one("end the term") }) },
);
const schedule = fc.array(command, { minLength: 30, maxLength: 50 });

test("whoever holds a job or believes to, its commits follow each other epoch after epoch and late ones leave nothing", async () => {
  await using holders = await startHolders();
  expect(await assertPromises(holders, soundLedger, {})).toBeGreaterThan(0);
});

const sabotages: [what: string, asWhat: RegExp, ledger: Partial<Ledger>][] = [
  [
    "a commit that asks for no epoch",
    /was let in|fall|began before/,
    {
      confirmEpoch: async (tx, job, epoch) => {
        await tx`insert into runtime.job_commit (job, epoch) values (${job}, ${epoch})`;
      },
    },
  ],
  [
    "an epoch that is read and not held",
    /began before|fall/,
    {
      confirmEpoch: async (tx, job, epoch) => {
        const [row] = await tx`select from runtime.job where name = ${job} and epoch = ${epoch}`;
        if (row === undefined) await confirmEpoch(tx, job, epoch);
        await tx`insert into runtime.job_commit (job, epoch) values (${job}, ${epoch})`;
      },
    },
  ],
  [
    "a success that counts under any epoch",
    /is recorded/,
    {
      recordSuccess: async (database, job) => {
        await database.sql`update runtime.job set last_success_at = clock_timestamp(), holder = null where name = ${job}`;
      },
    },
  ],
];
for (const [what, asWhat, ledger] of sabotages) {
  test(`${what} is found by the same schedules`, async () => {
    await using holders = await startHolders();
    const found = await assertPromises(holders, { ...soundLedger, ...ledger }, { endOnFailure: true }).catch(
      (error: unknown) => error,
    );
    expect(found instanceof Error ? String(found.cause) : found).toMatch(asWhat);
  });
}

/** Answers how often somebody came too late and was refused. */
async function assertPromises(holders: Holders, ledger: Ledger, options: { endOnFailure?: boolean }): Promise<number> {
  let refusals = 0;
  const seed = Number(process.env.DOZOR_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`lease-ledger-model.test.ts: DOZOR_TEST_SEED=${seed}`);
  const property = fc.asyncProperty(schedule, async (commands) => {
    const story = beginStory(holders, ledger, await holders.newJob());
    for (const each of commands) await carryOut(story, each);
    await end(story);
    refusals += story.refusals;
  });
  await fc.assert(property, { seed, numRuns: 60, ...options });
  return refusals;
}

/** What a holder knows of itself: it works under an epoch, whether or not it still should. */
type Turn = { lease: RenewedLease; epoch: number };
type Taking = Call & { holder: HolderName; done: Promise<void> };

/** One job from its beginning to its end, and what is known of it without asking the ledger. */
type Story = {
  holders: Holders;
  ledger: Ledger;
  job: string;
  turns: Map<HolderName, Turn>;
  open: Map<HolderName, OpenCommit & { found: Found }>;
  takings: Taking[];
  committed: Found[];
  refusals: number;
  /** The newest epoch that somebody was given, and who works under it as far as the ledger says. */
  newest: number;
  recorded: HolderName | undefined;
  /** The lease that the bucket holds, if it knows of one. */
  leaseOf: RenewedLease | undefined;
};

function beginStory(holders: Holders, ledger: Ledger, job: string): Story {
  const nothing = { newest: 0, refusals: 0, recorded: undefined, leaseOf: undefined, takings: [], committed: [] };
  return { holders, ledger, job, turns: new Map(), open: new Map(), ...nothing };
}

function isBusy({ open, takings }: Story, name: HolderName): boolean {
  return open.has(name) || takings.some((taking) => taking.holder === name);
}

async function acquire(story: Story, name: HolderName, isLost: boolean): Promise<void> {
  if (story.turns.has(name) || isBusy(story, name)) return;
  const wasHeld = (await story.holders.holderOfLease(story.job)) !== undefined;
  const lease = await story.holders.acquire(story.job, name, isLost);
  expect(lease !== undefined).toBe(!wasHeld && !isLost);
  if (lease === undefined) return;
  story.leaseOf = lease;
  const taking: Taking = { holder: name, isOver: false, done: Promise.resolve() };
  taking.done = story.holders.raise(story.job, name).then((epoch) => {
    taking.isOver = true;
    if (epoch === undefined) throw new Error(`${name} has the lease of ${story.job} and was given no epoch`);
    story.turns.set(name, { lease, epoch });
    story.newest = Math.max(story.newest, epoch);
    story.recorded = story.newest === epoch ? name : story.recorded;
  });
  story.takings.push(taking);
  await settleTakings(story);
}

/** Whoever takes the job waits for commits that are open, and for nothing else. */
async function settleTakings(story: Story): Promise<void> {
  if (story.open.size > 0) await story.holders.endedOrBlocked(story.takings);
  await Promise.all(story.takings.filter(({ isOver }) => isOver || story.open.size === 0).map(({ done }) => done));
  story.takings = story.takings.filter(({ isOver }) => !isOver);
}

async function beginCommit(story: Story, name: HolderName): Promise<void> {
  const turn = story.turns.get(name);
  if (turn === undefined || isBusy(story, name)) return;
  const isStale = turn.epoch < story.newest;
  const begun = await story.holders.open(story.ledger, story.job, name, turn.epoch);
  if (begun === undefined) story.refusals += 1;
  else story.open.set(name, begun);
  expect(`${name} under ${turn.epoch} ${begun ? "was let in" : "was refused"}`).toBe(
    `${name} under ${turn.epoch} ${isStale ? "was refused" : "was let in"}`,
  );
}

async function endCommit(story: Story, name: HolderName, how: Ending): Promise<void> {
  const commit = story.open.get(name);
  if (commit === undefined) return;
  const outcome = await commit.end(how);
  story.open.delete(name);
  expect(outcome).toBe(how === "commit" ? "committed" : "undone");
  if (outcome === "committed") story.committed.push(commit.found);
  await settleTakings(story);
}

async function renew(story: Story, name: HolderName, isLost: boolean): Promise<void> {
  const turn = story.turns.get(name);
  if (turn === undefined || turn.lease.signal.aborted) return;
  await story.holders.renew(turn.lease, isLost);
  // What it could not hear it believes for a while.
  if (!isLost) expect(`${name} is ${turn.lease.isHeld()}`).toBe(`${name} is ${story.leaseOf === turn.lease}`);
}

/** Its lease goes back only if it is still its own; what it says of the job counts only under the newest epoch. */
async function succeed(story: Story, name: HolderName): Promise<void> {
  const turn = story.turns.get(name);
  if (turn === undefined || isBusy(story, name) || story.open.size > 0) return;
  await story.holders.succeed(story.ledger, story.job, name, turn.epoch);
  if (turn.epoch === story.newest) story.recorded = undefined;
  expect(`${(await story.holders.record(story.job))?.holder} is recorded`).toBe(`${story.recorded} is recorded`);
  const before = await story.holders.holderOfLease(story.job);
  const knew = !turn.lease.signal.aborted;
  await turn.lease.release();
  const isGiven = knew && story.leaseOf === turn.lease;
  if (story.leaseOf !== turn.lease) expect(await story.holders.holderOfLease(story.job)).toBe(before);
  if (isGiven) story.leaseOf = undefined;
  story.turns.delete(name);
}

async function carryOut(story: Story, each: Command): Promise<void> {
  switch (each.does) {
    case "acquire":
      return await acquire(story, each.holder, each.isAnswerLost);
    case "renew":
      return await renew(story, each.holder, each.isAnswerLost);
    case "begin a commit":
      return await beginCommit(story, each.holder);
    case "end the commit":
      return await endCommit(story, each.holder, each.how);
    case "succeed":
      return await succeed(story, each.holder);
    case "crash":
      await endCommit(story, each.holder, "cut");
      story.turns.delete(each.holder);
      return;
    case "end the term":
      story.leaseOf = undefined;
      return await story.holders.expire(story.job);
  }
}

/** Whoever stands still in a commit wakes up, and then the tables tell the whole story. */
async function end(story: Story): Promise<void> {
  for (const name of story.open.keys()) await endCommit(story, name, "commit");
  await Promise.all(story.takings.map(({ done }) => done));
  const commits = await story.holders.sql<
    { epoch: number }[]
  >`select epoch from runtime.job_commit where job = ${story.job} order by id`;
  const epochs = commits.map(({ epoch }) => epoch);
  expect(epochs.filter((epoch, at) => epoch < (epochs[at - 1] ?? 0)).map((epoch) => `epochs fall to ${epoch}`)).toEqual(
    [],
  );
  const late = story.committed.filter(
    (each) => epochs.filter((epoch) => epoch < each.epoch).length !== each.olderCommits,
  );
  expect(late.map(({ epoch }) => `a commit of epoch ${epoch} began before older ones had ended`)).toEqual([]);
  const effects = await story.holders.sql<{ id: string }[]>`select id from effect where job = ${story.job}`;
  expect(effects.map(({ id }) => id).toSorted()).toEqual(story.committed.map(({ effect }) => effect).toSorted());
  expect(epochs).toHaveLength(story.committed.length);
  expect((await story.holders.record(story.job))?.epoch ?? 0).toBe(story.newest);
  for (const { lease } of story.turns.values()) await lease.release();
}
