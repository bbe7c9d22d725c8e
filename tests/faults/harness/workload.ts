import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Mesh } from "@dozor/mesh/mesh";
import type { MeshClients } from "@dozor/mesh/mesh-clients";
import { StartRunRequestSchema } from "@dozor/proto/monitoring/v1/run";
import { eventually } from "@dozor/testkit/eventually";
import { changeSomething, findTargets, type Targets } from "./change-world.ts";
import { type History, type Outcome, openHistory } from "./history.ts";
import { type LastWritten, lastWritten } from "./last-written.ts";
import { passTime } from "./pass-time.ts";
import type { Random } from "./random.ts";
import { workOnTasks } from "./work-on-tasks.ts";

export type WorkloadOptions = { mesh: Mesh; random: Random; now: Date; historyFile: string; signal: AbortSignal };
/** What goes on while faults strike: 1C changes, polls, runs of ever later business dates, people working on tasks. */
export type Workload = AsyncDisposable & {
  /** What it changes. */
  targets: Targets;
  history: History;
  written: LastWritten;
  counts(): Record<string, Record<Outcome, number>>;
  /** Resolves when a run is in its middle: something is judged, and something is not. */
  runInTheMiddle(): Promise<void>;
  /** Stops making changes; polls go on until everything that 1C has to tell is taken. */
  finish(deadlineMs: number): Promise<void>;
};

const callMs = 20_000;

/** Everything is drawn from the seed; what the services answer, and when, is not ours to repeat. */
export async function startWorkload(options: WorkloadOptions): Promise<Workload> {
  const { mesh, random, now, signal } = options;
  const targets = await findTargets(mesh, now);
  const history = openHistory(options.historyFile);
  const written = lastWritten();
  const stop = new AbortController();
  const stopping = AbortSignal.any([signal, stop.signal]);
  const callers = clientsOf(mesh);
  const any = (part: Random) => part.pick(callers);
  const parts = [
    loop(stopping, random.fork("changes"), 60, 250, (part) =>
      changeSomething(mesh, targets, part, history, written, signal),
    ),
    loop(stopping, random.fork("polls"), 100, 600, (part) => poll(any(part), part, history, stopping)),
    loop(stopping, random.fork("runs"), 50, 400, (part) => runNextDate(mesh, any(part), targets, history, stopping)),
    loop(stopping, random.fork("tasks"), 30, 200, (part) => workOnTasks(any(part), part, history, callOf(stopping))),
  ];
  const end = async () => {
    stop.abort(new Error("the workload is over"));
    await Promise.all(parts);
  };
  return {
    targets,
    history,
    written,
    counts: history.counts,
    runInTheMiddle: () => runInTheMiddle(mesh, signal),
    async finish(deadlineMs) {
      await end();
      await eventually("a poll of everything that waits", () => pollWell(callers, history, signal), {
        deadlineMs,
        signal,
      });
    },
    [Symbol.asyncDispose]: end,
  };
}

function clientsOf(mesh: Mesh): MeshClients[] {
  return mesh.services.registry.map((_, index) => mesh.clients(index));
}

function callOf(signal: AbortSignal): { signal: AbortSignal; timeoutMs: number } {
  return { signal, timeoutMs: callMs };
}

async function loop(
  signal: AbortSignal,
  random: Random,
  minMs: number,
  maxMs: number,
  turn: (random: Random) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await turn(random);
    // The end of the workload is the ordinary way out.
    await passTime(random.int(minMs, maxMs), signal).catch(() => {});
  }
}

async function poll(clients: MeshClients, random: Random, history: History, signal: AbortSignal): Promise<void> {
  if (random.chance(0.7)) {
    await history.op("poll sources", () => clients.sources.pollNow({ source: "", waitMs: 10_000 }, callOf(signal)));
  } else {
    await history.op("poll trackers", () => clients.tracking.pollNow({ provider: "", waitMs: 10_000 }, callOf(signal)));
  }
}

/** One run at a time; the next business date follows when it has ended. */
async function runNextDate(
  mesh: Mesh,
  clients: MeshClients,
  { now }: Targets,
  history: History,
  signal: AbortSignal,
): Promise<void> {
  const next = await nextBusinessDate(mesh).catch(() => undefined);
  if (next === undefined) return;
  const request = create(StartRunRequestSchema, { businessDate: next, asOf: timestampFromDate(now) });
  await history.op("start run", () => clients.runs.startRun(request, callOf(signal)));
}

/** The day after the newest run; undefined while that is open. */
export async function nextBusinessDate(mesh: Mesh): Promise<string | undefined> {
  const [newest] = await mesh.databases.monitoring<{ next: string; open: boolean }[]>`
    select (business_date + 1)::text as next, state in ('planning', 'checking') as open from run order by business_date desc limit 1
  `;
  return newest?.open === false ? newest.next : undefined;
}

async function runInTheMiddle(mesh: Mesh, signal: AbortSignal): Promise<void> {
  const look = async () => {
    const [chunks] = await mesh.databases.monitoring<{ ended: number; open: number }[]>`
      select count(*) filter (where ended_at is not null)::int as ended, count(*) filter (where ended_at is null)::int as open
      from run_chunk where run_id = (select run_id from run order by business_date desc limit 1)
    `;
    return chunks && chunks.ended > 0 && chunks.open > 0;
  };
  await eventually("a run in its middle", look, { deadlineMs: 60_000, signal });
}

async function pollWell(callers: readonly MeshClients[], history: History, signal: AbortSignal): Promise<boolean> {
  for (const clients of callers) {
    const sources = await history.op("last poll of sources", () =>
      clients.sources.pollNow({ source: "", waitMs: callMs }, callOf(signal)),
    );
    const trackers = await history.op("last poll of trackers", () =>
      clients.tracking.pollNow({ provider: "", waitMs: callMs }, callOf(signal)),
    );
    const isWell =
      sources.result?.finished &&
      trackers.result?.finished &&
      [...sources.result.sources, ...trackers.result.providers].every(({ healthy }) => healthy);
    if (isWell) return true;
  }
  return false;
}
