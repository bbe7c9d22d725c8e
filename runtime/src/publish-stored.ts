import { headers } from "nats";
import { streamInfo } from "./jetstream.ts";
import type { Nats } from "./nats-connection.ts";
import type { Duplicate, Outgoing, Published, Publisher } from "./publisher.ts";

const idHeader = "Nats-Msg-Id";
/** A message may be lost again while it is being brought back; more often than this within the window of ids is left to the next batch. */
const roundsMax = 3;

/**
 * Publishes, and counts as stored what is in the stream. A stream still remembers the ids of what was purged or deleted, and calls such messages duplicates for
 * as long as its window lasts: they are published once more under an id that the stream does not know and consumers do, `<id>/<sequence that is gone>`.
 */
export async function publishStored(
  nats: Nats,
  publisher: Publisher,
  messages: readonly Outgoing[],
  timeoutMs: number,
): Promise<Pick<Published, "stored" | "failure">> {
  const stored = new Set<number>();
  let indexes = messages.map((_, index) => index);
  let outgoing = messages;
  for (let round = 1; ; round += 1) {
    const published = await publisher.publishAll(outgoing, timeoutMs);
    const gone = await goneOf(nats, published.duplicates);
    const isGone = new Set(gone.map(({ index }) => index));
    for (const position of published.stored) if (!isGone.has(position)) stored.add(indexes[position] ?? -1);
    const failure = published.failure ?? (gone.length > 0 && round === roundsMax ? lostAgain(gone) : undefined);
    if (gone.length === 0 || failure !== undefined) return { stored: [...stored], failure };
    const again = outgoing;
    outgoing = gone.flatMap((each) => againOf(again[each.index], each));
    const before = indexes;
    indexes = gone.map(({ index }) => before[index] ?? -1);
  }
}

function againOf(message: Outgoing | undefined, { sequence }: Duplicate): Outgoing[] {
  if (message === undefined) return [];
  const header = headers();
  for (const [key, values] of message.headers) for (const value of values) header.append(key, value);
  const [id] = message.headers.get(idHeader).split("/");
  header.set(idHeader, `${id}/${sequence}`);
  return [{ ...message, headers: header }];
}

function lostAgain(gone: readonly Duplicate[]): Error {
  return new Error(`publish a batch: ${gone.length} messages are called duplicates of ones that are gone`);
}

/** Those whose first copy the stream has no more. */
async function goneOf(nats: Nats, duplicates: readonly Duplicate[]): Promise<Duplicate[]> {
  const gone: Duplicate[] = [];
  for (const [stream, ofStream] of Map.groupBy(duplicates, (each) => each.stream)) {
    const state = (await streamInfo(nats, stream))?.state;
    const isPurged = ({ sequence }: Duplicate) => state === undefined || sequence < state.first_seq;
    gone.push(...ofStream.filter(isPurged));
    if ((state?.num_deleted ?? 0) === 0) continue;
    const kept = ofStream.filter((each) => !isPurged(each));
    const isThere = await Promise.all(kept.map(({ sequence }) => hasMessage(nats, stream, sequence)));
    gone.push(...kept.filter((_, position) => isThere[position] === false));
  }
  return gone;
}

const noMessageFound = "404";

async function hasMessage(nats: Nats, stream: string, seq: number): Promise<boolean> {
  try {
    await nats.manager.streams.getMessage(stream, { seq });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === noMessageFound) return false;
    throw error;
  }
}
