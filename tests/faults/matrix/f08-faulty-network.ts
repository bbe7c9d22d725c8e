import type { Peer } from "@dozor/mesh/wiring";
import { eventually } from "@dozor/testkit/eventually";
import { askToPoll } from "../harness/ask-to-poll.ts";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { type Links, openLinks } from "../harness/links.ts";
import { passTime } from "../harness/pass-time.ts";
import { leaseTtlMs } from "../harness/run-fault.ts";
import type { Cut, LinkState, TcpProxy } from "../harness/tcp-proxy.ts";

const peers = ["nats", "postgres", "onec", "x-keeper", "registry"] as const satisfies readonly Peer[];
let links: Links;

/** F8: every pair that talks, disturbed in every way; a reply lost after the server did the work leaves nobody sure. */
export const faultyNetwork: Fault = {
  id: "F8",
  name: "faulty network",
  note: "each disturbance lasts a little longer than a lease term",
  // Registry is called when monitoring reconciles.
  mesh: { extraEnv: { MONITORING_RECONCILE_EVERY: "4s" } },
  bites: [
    ...peers.map((peer) => `reply of ${peer} lost`),
    ...["dropped", "one-way", "reset", "20 % lost", "64 kbit/s"].map((treatment) => `link ${treatment}`),
  ],
  async prepare(_dataDir, stack) {
    links = openLinks(peers, stack);
    return { wiring: links.wiring };
  },
  async inject(run) {
    const { random, log } = run;
    links.drawFrom(random.next);
    run.heal(async () => links.heal());
    log("replies are lost on every link");
    await loseReplies(run);
    const busy = random.shuffled(["nats", "postgres", "onec", "x-keeper"] as const);
    for (const [index, treatment] of random.shuffled(treatments).entries()) {
      const peer = busy[index % busy.length] ?? "nats";
      const all = links.to(peer);
      // One instance alone cut off is another fault than both.
      const meant =
        all.length > 1 && random.chance(0.6) ? random.shuffled(all).slice(0, 1 + Math.floor(all.length / 2)) : all;
      if (random.chance(0.3)) meant.push(...links.to("registry"));
      log(`${treatment.name}: ${meant.length} links to ${peer}`);
      await disturb(run, treatment, meant);
    }
  },
};

const lost: Record<(typeof peers)[number], Omit<Cut, "times">> = {
  // The acknowledgement of a publication; the message is stored.
  nats: { part: "reply", where: "reply", like: /"stream":"DOZOR_/ },
  // The transaction is committed, and whoever asked for it cannot know.
  postgres: { part: "reply", where: "reply", like: /COMMIT\0/ },
  onec: { part: "reply", where: "request", like: /^POST \S+\/ack/ },
  "x-keeper": { part: "half of the reply", where: "request", like: /^GET \S*contacts/ },
  registry: { part: "reply", where: "reply", like: /./s },
};

async function loseReplies(run: FaultRun): Promise<void> {
  const { signal, bite } = run;
  const cutCount = (peer: Peer) => links.to(peer).reduce((sum, { counts }) => sum + counts.cuts, 0);
  const before = Object.fromEntries(peers.map((peer) => [peer, cutCount(peer)]));
  for (const peer of peers) for (const link of links.to(peer)) link.cut({ ...lost[peer], times: 2 });
  await askToPoll(run, run.mesh.services.registry);
  for (const peer of peers) {
    await eventually(`a lost reply of ${peer}`, () => cutCount(peer) > (before[peer] ?? 0), {
      deadlineMs: 30_000,
      signal,
    });
    bite(`reply of ${peer} lost`, cutCount(peer) - (before[peer] ?? 0));
  }
  links.heal();
}

type Treatment = { name: string; state?: LinkState; happened: (link: TcpProxy) => number };

const treatments: readonly Treatment[] = [
  { name: "dropped", state: { dropped: "both" }, happened: ({ counts }) => counts.disturbed },
  { name: "one-way", state: { dropped: "to client" }, happened: ({ counts }) => counts.disturbed },
  { name: "reset", happened: ({ counts }) => counts.resets },
  { name: "20 % lost", state: { lossShare: 0.2, resetShare: 0.01 }, happened: ({ counts }) => counts.disturbed },
  {
    name: "64 kbit/s",
    state: { bytesPerSecond: 8_000, delayMs: 20 },
    happened: ({ counts }) => counts.bytes["to client"] + counts.bytes["to server"],
  },
];

async function disturb(run: FaultRun, { name, state, happened }: Treatment, meant: readonly TcpProxy[]): Promise<void> {
  const { signal, random } = run;
  const count = () => meant.reduce((sum, link) => sum + happened(link), 0);
  const before = count();
  if (state === undefined) {
    // Between two polls there is no connection to an outside system; the last round waits for one.
    for (let round = 0; round < 6 || count() === before; round += 1) {
      if (round === 6) await askToPoll(run, run.mesh.services.registry);
      for (const link of meant) link.reset();
      await passTime(round < 6 ? random.int(50, 800) : 20, signal);
    }
  } else {
    const turned: LinkState = state.dropped === "to client" && random.chance(0.5) ? { dropped: "to server" } : state;
    for (const link of meant) link.set(turned);
    await passTime(leaseTtlMs + 500, signal);
    if (count() === before) await askToPoll(run, run.mesh.services.registry);
    await eventually(`${name} to be felt`, () => count() > before, { deadlineMs: 30_000, signal });
  }
  for (const link of meant) link.heal();
  run.bite(`link ${name}`, count() - before);
}
