import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Run, RunState, StartRunRequestSchema } from "@dozor/proto/monitoring/v1/run";
import type { Mesh } from "./mesh.ts";
import { publishZoneIndicators } from "./zone-indicators.ts";

export type PassOptions = {
  /** YYYY-MM-DD; today in the business time zone unless given. */
  businessDate?: string | undefined;
  asOf?: Date;
  /** Longest time for each step, in milliseconds (900,000). */
  stepDeadlineMs?: number;
  progress?: (step: string) => void;
  signal?: AbortSignal;
};
export type PassResult = { run: Run; seconds: { ingest: number; publish: number; track: number; run: number } };

/** One full pass by the public calls: poll the sources, publish, poll the trackers, run the indicators, come to rest. */
export async function firstPass(mesh: Mesh, options: PassOptions = {}): Promise<PassResult> {
  const { progress = () => {}, stepDeadlineMs = 900_000, signal } = options;
  const clients = mesh.clients();
  const call = signal ? { signal } : {};
  const waitMs = Math.min(stepDeadlineMs, 900_000);
  const rest = () => mesh.drain({ deadlineMs: stepDeadlineMs, ...call });

  progress("polling the sources");
  const ingest = await timed(() =>
    pollUntilWell("the sources", signal, async () => {
      const { finished, sources } = await clients.sources.pollNow({ source: "", waitMs }, call);
      return { finished, polled: sources };
    }),
  );
  progress("publishing the assets");
  const publish = await timed(rest);

  progress("polling the trackers");
  const track = await timed(async () => {
    await pollUntilWell("the trackers", signal, async () => {
      const { finished, providers } = await clients.tracking.pollNow({ provider: "", waitMs }, call);
      return { finished, polled: providers };
    });
    if (mesh.simulators) await publishZoneIndicators(clients, signal);
    await rest();
  });

  progress("running the indicators");
  const judged = await timed(() => runIndicators(mesh, options));
  return {
    run: judged.result,
    seconds: { ingest: ingest.seconds, publish: publish.seconds, track: track.seconds, run: judged.seconds },
  };
}

type Polled = { finished: boolean; polled: readonly { name: string; healthy: boolean; lastError: string }[] };
const pollAttemptsMax = 5;
const pollRetryDelayMs = 1000;

/** A poll may be broken off by a busy peer or by the loss of a lease and is then made again, as the schedule would. */
async function pollUntilWell(
  what: string,
  signal: AbortSignal | undefined,
  poll: () => Promise<Polled>,
): Promise<void> {
  let problem: unknown;
  for (let attempt = 1; attempt <= pollAttemptsMax; attempt += 1) {
    signal?.throwIfAborted();
    if (attempt > 1) await Bun.sleep(pollRetryDelayMs);
    try {
      const { finished, polled } = await poll();
      const ill = polled.filter(({ healthy }) => !healthy);
      if (finished && ill.length === 0) return;
      problem = finished
        ? ill.map(({ name, lastError }) => `${name}: ${lastError || "not complete"}`).join("; ")
        : "not finished";
    } catch (error) {
      problem = error;
    }
  }
  throw new Error(`poll ${what}: ${problem instanceof Error ? problem.message : problem}`, { cause: problem });
}

async function runIndicators(
  mesh: Mesh,
  { businessDate = "", asOf, stepDeadlineMs = 900_000, signal }: PassOptions,
): Promise<Run> {
  const clients = mesh.clients();
  const call = signal ? { signal } : {};
  const request = create(StartRunRequestSchema, { businessDate });
  if (asOf !== undefined) request.asOf = timestampFromDate(asOf);
  const { run: started } = await clients.runs.startRun(request, call);
  if (started === undefined) throw new Error("start the run: the answer names none");
  await mesh.drain({ deadlineMs: stepDeadlineMs, ...call });
  const { run } = await clients.runs.getRun({ run: { case: "runId", value: started.runId } }, call);
  if (run?.state !== RunState.COMPLETED) {
    throw new Error(`run ${started.businessDate}: it came to rest as ${run ? RunState[run.state] : "nothing"}`);
  }
  return run;
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const started = performance.now();
  const result = await work();
  return { seconds: (performance.now() - started) / 1000, result };
}
