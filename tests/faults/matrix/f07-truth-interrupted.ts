import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { type Links, openLinks } from "../harness/links.ts";
import { passTime } from "../harness/pass-time.ts";
import { childrenOf } from "../harness/tools/children-of.ts";
import { type LoopDisk, mountLoopDisk, whyNoLoopDisk } from "../harness/tools/loop-disk.ts";

const noDisk = whyNoLoopDisk();
let links: Links;
let disk: LoopDisk | undefined;

/** F7: the truth itself goes away in every way a database server can, the power with it; what it had committed it must have. */
export const truthInterrupted: Fault = {
  id: "F7",
  name: "truth interrupted",
  note: `down for a second or two each time${noDisk === undefined ? "" : `; without power cut and full disk: ${noDisk}`}`,
  bites: [
    "Postgres killed",
    "Postgres stopped at once",
    "reply to a commit lost",
    ...(noDisk === undefined ? ["power cut", "disk full"] : []),
  ],
  async prepare(dataDir, stack) {
    links = openLinks(["postgres"], stack);
    disk = noDisk === undefined ? stack.use(mountLoopDisk(join(dataDir, "postgres"), 3_000)) : undefined;
    // A cluster that does not wait for the disk loses what it promised, and the fault would find that instead.
    return { wiring: links.wiring, durable: true };
  },
  async inject(run) {
    run.heal(async () => links.heal());
    const steps = [
      killed,
      stoppedAtOnce,
      commitUnknown,
      ...(disk ? [() => powerCut(run, disk), () => diskFull(run, disk)] : []),
    ];
    for (const step of run.random.shuffled(steps)) {
      await step(run);
      await saysSomething(run);
    }
  },
};

async function killed({ supervisor, bite, random, log }: FaultRun): Promise<void> {
  log("kill -9");
  await supervisor.killPostgresFor(random.int(200, 2_000));
  bite("Postgres killed");
}

/** What an impatient operator does: every connection is cut off, and the log is replayed at the next start. */
async function stoppedAtOnce({ mesh, signal, bite, random, log }: FaultRun): Promise<void> {
  log("immediate stop");
  const { child } = mesh.postgres;
  process.kill(child.pid, "SIGQUIT");
  await child.exited;
  await passTime(random.int(200, 2_000), signal);
  await mesh.postgres.start(signal);
  bite("Postgres stopped at once");
}

/** The transaction is in, and whoever asked for it hears of a broken connection. */
async function commitUnknown({ signal, bite, log }: FaultRun): Promise<void> {
  log("replies to commits lost");
  const cuts = () => links.to("postgres").reduce((sum, { counts }) => sum + counts.cuts, 0);
  const before = cuts();
  for (const link of links.to("postgres")) {
    link.cut({ part: "reply", where: "reply", like: /COMMIT\0/, times: 3 });
    link.cut({ part: "request", where: "request", like: /commit\0/, times: 2 });
  }
  await eventually("a lost reply to a commit", () => cuts() - before >= 10, { deadlineMs: 30_000, signal });
  links.heal();
  bite("reply to a commit lost", cuts() - before);
}

async function powerCut({ mesh, signal, bite, log }: FaultRun, disk: LoopDisk | undefined): Promise<void> {
  if (disk === undefined) return;
  log("power cut");
  const processes = childrenOf(mesh.postgres.child.pid);
  disk.cutPower();
  await mesh.postgres.child.kill();
  for (const pid of processes) killIfThere(pid);
  await eventually("the disk to be let go", () => restored(disk), { deadlineMs: 20_000, signal });
  await mesh.postgres.start(signal);
  bite("power cut");
}

function restored(disk: LoopDisk): true {
  disk.restorePower();
  return true;
}

async function diskFull({ mesh, signal, bite, random, log }: FaultRun, disk: LoopDisk | undefined): Promise<void> {
  if (disk === undefined) return;
  log("disk full");
  disk.fill();
  try {
    // It says so itself, whatever became of the statement: a full log may end it.
    const complaints = () =>
      readFileSync(join(mesh.dataDir, "logs", "postgres.log"), "utf8").split("No space left").length;
    const before = complaints();
    const complains = async () => {
      await takeRoom(mesh).catch(() => {});
      return complaints() > before;
    };
    await eventually("Postgres to find no room", complains, { deadlineMs: 30_000, signal });
    await passTime(random.int(1_000, 3_000), signal);
    bite("disk full");
  } finally {
    disk.free();
  }
  // Without room for its log Postgres ends itself, as it must.
  if (!mesh.postgres.child.isRunning()) await mesh.postgres.start(signal);
}

/** A statement whose intermediate result goes to the disk. */
async function takeRoom({ databases }: FaultRun["mesh"]): Promise<void> {
  await databases.monitoring`
    with filler as materialized (select number, repeat('full', 40) as text from generate_series(1, 300000) as number)
    select count(*) from filler a join filler b using (number)
  `;
}

/** The next blow falls on a system that works again. */
async function saysSomething({ mesh, signal }: FaultRun): Promise<void> {
  await eventually("Postgres to answer", async () => (await mesh.databases.registry`select 1`).length === 1, {
    deadlineMs: 30_000,
    signal,
  });
  await passTime(1_500, signal);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended with its parent.
  }
}
