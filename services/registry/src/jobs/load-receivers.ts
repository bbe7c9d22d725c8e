import type { ReceiverConfig } from "@dozor/integration/receivers/read-receivers";
import { countLanes, readTold } from "@dozor/integration/store/receiver-lanes";
import type { Tx } from "@dozor/runtime/database";
import type { Job, JobRun } from "@dozor/runtime/job";
import type { RegistryContext } from "../context.ts";
import { announceTo, receivedKinds } from "../intake/announce-changes.ts";
import {
  advanceLoad,
  hasUnfinishedLoads,
  lockEntitiesAfter,
  lockLoad,
  openLoads,
  type ReceivedKind,
} from "../store/receiver-load.ts";

const pageMax = 100;
/** Objects of a receiver that may wait before its load waits too: one that is down, or refuses everything, is not buried. */
const unfinishedMax = 1_000;

/** Puts everything there is into the queues of receivers that have not been sent it, page by page, no faster than they take it. */
export const loadReceivers: Job<RegistryContext> = {
  name: "load-receivers",
  everyMs: 1_000,
  isDue: ({ database, receivers }) => hasUnfinishedLoads(database.sql, receivers.flatMap(receivedKinds)),
  async runOnce(context, run) {
    const { receivers } = context;
    const open = await run.commit("receiver_load.begin", (tx) => openLoads(tx, receivers.flatMap(receivedKinds)));
    for (const receiver of receivers)
      for (const load of open.filter((each) => each.receiver === receiver.name))
        if ((await loadKind(context, run, receiver, load)) === "full") break;
  },
};

async function loadKind(
  context: RegistryContext,
  run: JobRun,
  receiver: ReceiverConfig,
  load: ReceivedKind,
): Promise<"ended" | "full"> {
  for (;;) {
    run.signal.throwIfAborted();
    const outcome = await run.commit("receiver_load.page", (tx) => loadPage(tx, context, receiver, load));
    if (outcome !== "more") return outcome;
  }
}

async function loadPage(
  tx: Tx,
  context: RegistryContext,
  receiver: ReceiverConfig,
  load: ReceivedKind,
): Promise<"more" | "ended" | "full"> {
  const place = await lockLoad(tx, load);
  if (place === undefined) return "ended";
  const unfinished = (await countLanes(tx, [load.receiver])).get(load.receiver)?.unfinished ?? 0;
  if (unfinished >= unfinishedMax) return "full";
  const page = await lockEntitiesAfter(tx, load.kind, { afterId: place.afterId, limit: pageMax });
  const objects = page.map(({ externalId, version }) => ({ objectId: externalId, version: String(version) }));
  const told = place.isRepeat ? new Set<string>() : await readTold(tx, load.receiver, objects);
  const untold = page.filter(({ externalId }) => !told.has(externalId)).map(({ id }) => id);
  await announceTo(tx, context, [receiver], load.kind, untold);
  const ended = page.length < pageMax;
  const afterId = page.at(-1)?.id ?? place.afterId;
  await advanceLoad(tx, load, { afterId, read: page.length, queued: untold.length, ended });
  return ended ? "ended" : "more";
}
