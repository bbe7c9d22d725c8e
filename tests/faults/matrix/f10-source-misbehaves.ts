import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { type Links, openLinks } from "../harness/links.ts";
import { type OutsideFault, outsideState, spoil, unspoil } from "../harness/outside-faults.ts";
import { passTime } from "../harness/pass-time.ts";
import { leaseTtlMs } from "../harness/run-fault.ts";
import { touchWorld } from "../harness/simulated-world.ts";

type Misbehaviour = { name: string; faults: (run: FaultRun) => readonly OutsideFault[] };

const ways: readonly Misbehaviour[] = [
  // Matrix: 30 s. What matters is that it is longer than a lease term and no call is made meanwhile.
  { name: "slow answer", faults: () => [{ endpoint: "http.changes", latencyMs: 5_000 }] },
  {
    name: "5xx one to four times",
    faults: ({ random }) => [
      { endpoint: "http.changes", status: random.pick([500, 502, 503]), times: random.int(1, 4), retryAfterSeconds: 1 },
      { endpoint: "http.ack", status: 503, times: random.int(1, 4) },
    ],
  },
  {
    name: "4xx",
    faults: ({ random }) => [
      { endpoint: "http.changes", status: random.pick([400, 404, 403]) },
      { endpoint: "http.ack", status: 400 },
    ],
  },
  { name: "hang", faults: () => [{ endpoint: "http.ack", hang: true }] },
  { name: "half a body", faults: ({ random }) => [{ endpoint: "http.changes", cutAfterBytes: random.int(1, 4_000) }] },
  { name: "batch told twice in one body", faults: () => [{ endpoint: "http.changes", repeat: true }] },
  { name: "error page with status 200", faults: () => [{ endpoint: "http.changes", htmlPage200: true }] },
  {
    name: "bytes that are no text",
    faults: ({ random }) => [{ endpoint: "http.changes", corrupt: random.pick(["nul", "utf8"]) }],
  },
  // The acknowledgement is taken and its answer lost: the same objects must not be taken for new ones.
  { name: "reset after processing", faults: () => [{ endpoint: "http.ack", cutAfterBytes: 0 }] },
];

let links: Links;

/** F10: simulated 1C does all that a base under load, a proxy in front of it or a broken extension does. */
export const sourceMisbehaves: Fault = {
  id: "F10",
  name: "source misbehaves",
  note: "latency of 30 s shortened to 5 s, a hang ends with its connection after a lease term; order is always mixed and repeats are common in this source",
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
    await askTwoAtOnce(run);
    await touchWorld(mesh, "contract", 1, signal);
    bite("written again unchanged");
  },
};

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
async function askTwoAtOnce({ mesh, signal, bite }: FaultRun): Promise<void> {
  await spoil(mesh, "onec", { endpoint: "http.changes", latencyMs: 1_500 });
  await eventually("a call in flight", async () => (await outsideState(mesh, "onec")).busy, {
    deadlineMs: 30_000,
    signal,
  });
  const answer = await fetch(`${mesh.simulators?.onecUrl}/leasing/hs/dozor/v1/changes?limit=1`, {
    headers: { authorization: `Basic ${Buffer.from("Дозор:dozor").toString("base64")}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
  });
  await answer.arrayBuffer();
  if (answer.status === 503) bite("two calls at once were refused");
}
