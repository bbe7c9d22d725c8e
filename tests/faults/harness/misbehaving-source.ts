import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "./fault.ts";
import { type Links, openLinks } from "./links.ts";
import { type OutsideFault, outsideState, spoil, unspoil } from "./outside-faults.ts";
import { passTime } from "./pass-time.ts";
import { leaseTtlMs } from "./run-fault.ts";
import { touchWorld } from "./simulated-world.ts";

/** One thing a source does wrong: the faults that its simulator is given, drawn anew for each injection. */
export type Misbehaviour = { name: string; faults: (run: FaultRun) => readonly OutsideFault[] };
/** How a source is read and told what arrived, by the names of its simulator. */
export type Exchange = {
  read: string;
  acknowledge: string;
  /** Any call of it, as somebody else makes it while our poll runs. */
  strangersPath: string;
};

/** What a base under load, a proxy in front of it or a broken extension does, whichever way it is asked. */
export function misbehavioursOf({ read, acknowledge }: Exchange): Misbehaviour[] {
  return [
    // Matrix: 30 s. What matters is that it is longer than a lease term and no call is made meanwhile.
    { name: "slow answer", faults: () => [{ endpoint: read, latencyMs: 5_000 }] },
    {
      name: "5xx one to four times",
      faults: ({ random }) => [
        { endpoint: read, status: random.pick([500, 502, 503]), times: random.int(1, 4), retryAfterSeconds: 1 },
        { endpoint: acknowledge, status: 503, times: random.int(1, 4), retryAfterSeconds: 1 },
      ],
    },
    {
      name: "4xx",
      faults: ({ random }) => [
        { endpoint: read, status: random.pick([400, 404, 403]) },
        // What was read and not acknowledged is told again.
        { endpoint: acknowledge, status: 400 },
      ],
    },
    { name: "hang while reading", faults: () => [{ endpoint: read, hang: true }] },
    { name: "hang while acknowledging", faults: () => [{ endpoint: acknowledge, hang: true }] },
    { name: "half a body", faults: ({ random }) => [{ endpoint: read, cutAfterBytes: random.int(1, 4_000) }] },
    { name: "batch told twice in one body", faults: () => [{ endpoint: read, repeat: true }] },
    {
      name: "error page with status 200",
      faults: () => [
        { endpoint: read, htmlPage200: true },
        { endpoint: acknowledge, htmlPage200: true },
      ],
    },
    {
      name: "bytes that are no text",
      faults: ({ random }) => [{ endpoint: read, corrupt: random.pick(["nul", "utf8"]) }],
    },
    // The acknowledgement is taken and its answer lost: the same objects must not be taken for new ones.
    { name: "reset after processing", faults: () => [{ endpoint: acknowledge, cutAfterBytes: 0 }] },
  ];
}

/** The fault of a source that does all of this, one after the other, and is called by somebody else too. */
export function misbehavingSource(
  exchange: Exchange,
  ways: readonly Misbehaviour[],
): Pick<Fault, "bites" | "prepare" | "inject"> {
  let links: Links;
  return {
    bites: [...ways.map(({ name }) => name), "two calls at once were refused", "written again unchanged"],
    async prepare(_dataDir, stack) {
      links = openLinks(["onec"], stack);
      return { wiring: links.wiring };
    },
    async inject(run) {
      const { mesh, random, signal, bite, log } = run;
      run.heal(() => unspoil(mesh));
      for (const way of random.shuffled(ways)) {
        log(way.name);
        const faults = way.faults(run);
        for (const fault of faults) await spoil(mesh, "onec", fault);
        await touchWorld(mesh, "asset", 0.05, signal);
        await used(run, faults);
        if (faults.some(({ hang }) => hang)) {
          await passTime(leaseTtlMs + 500, signal);
          for (const link of links.to("onec")) link.reset();
        }
        bite(way.name);
      }
      await askTwoAtOnce(run, exchange);
      await touchWorld(mesh, "contract", 1, signal);
      bite("written again unchanged");
    },
  };
}

/** Until each was met by a call: by then the simulator has struck it off its list. */
async function used({ mesh, signal }: FaultRun, faults: readonly OutsideFault[]): Promise<void> {
  await eventually(
    `1C to do so: ${JSON.stringify(faults)}`,
    async () => {
      const { faults: waiting } = await outsideState(mesh, "onec");
      return waiting.length === 0;
    },
    { deadlineMs: 60_000, signal },
  );
}

/** Somebody else calls the base while our poll runs, as its own people do. */
async function askTwoAtOnce({ mesh, signal, bite }: FaultRun, { read, strangersPath }: Exchange): Promise<void> {
  await spoil(mesh, "onec", { endpoint: read, latencyMs: 1_500 });
  await eventually("a call in flight", async () => (await outsideState(mesh, "onec")).busy, {
    deadlineMs: 30_000,
    signal,
  });
  const answer = await fetch(`${mesh.simulators?.onecUrl}/leasing/${strangersPath}`, {
    headers: { authorization: `Basic ${Buffer.from("Дозор:dozor").toString("base64")}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
  });
  await answer.arrayBuffer();
  if (answer.status === 503) bite("two calls at once were refused");
}
