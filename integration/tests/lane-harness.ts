import { deliverMessages } from "../src/deliver.ts";
import { appendOutbound } from "../src/journal.ts";
import type { NoticeChannel } from "../src/notices/notice-channel.ts";
import type { OutgoingMessage, SendOutcome } from "../src/sender.ts";
import { type Answer, type Death, type LaneKey, laneKeys, parallelMax, type Script } from "./lane-model.ts";
import { startQueue } from "./queue-harness.ts";

export type Lanes = Awaited<ReturnType<typeof startLanes>>;

const hourMs = 3_600_000;
const outcomes: Record<Answer, SendOutcome> = {
  accepted: { result: "accepted", status: 200, excerpt: "" },
  refused: { result: "refused", status: 422, error: "HTTP 422", excerpt: "no" },
  unavailable: { result: "unavailable", status: 503, error: "HTTP 503", excerpt: "" },
  silent: { result: "unavailable", error: "no answer within 5 s", excerpt: "" },
  lost: { result: "unavailable", error: "the connection was reset", excerpt: "" },
};
const unheardChannel: Pick<NoticeChannel, "name" | "send"> = {
  name: "webhook",
  send: () => Promise.reject(new Error("nobody delivers notices here")),
};

/** The outbound lanes of a journal with its queue, and a delivery whose receivers answer as they are told and whose process may die. */
export async function startLanes() {
  const queue = await startQueue();
  const { database, sql } = queue;
  await sql`create table transition (id bigint generated always as identity, record_id uuid, before smallint, after smallint)`;
  await sql.unsafe(`
    create function write_transition() returns trigger language plpgsql as $$
    begin
      insert into transition (record_id, before, after) values (new.record_id, old.request_state, new.request_state);
      return null;
    end $$;
    create trigger write_transition after update on integration_message
      for each row when (new.request_state <> old.request_state) execute function write_transition()`);
  let epoch = 0;
  let arrivals: { key: LaneKey; recordId: string }[] = [];

  async function write(messages: readonly { key: LaneKey; recordId: string }[], isRolledBack = false): Promise<void> {
    const said = messages.map(({ key, recordId }) => {
      const [source = "", objectId = ""] = key.split("/");
      return { recordId, source, objectId, requestType: "asset.changed", body: { objectId } };
    });
    const written = database.transaction("test.write", async (tx) => {
      await appendOutbound(tx, said);
      if (isRolledBack) throw new Error("rolled back");
    });
    await (isRolledBack ? written.catch(() => {}) : written);
  }

  /** Runs the job under the next epoch. Of what is sent together every end is told together, so that rounds are rounds. */
  async function deliver(
    script: Script,
    death: Death | undefined,
    recordIdOf: (key: LaneKey) => string,
  ): Promise<void> {
    const life = mortal(death);
    const left = new Map(laneKeys.map((key) => [key, [...(script[key] ?? [])]]));
    const inFlight = new Set<LaneKey>();
    let together = roundOfSends();
    const broken: string[] = [];
    const send = async (source: string, { objectId, recordId }: OutgoingMessage): Promise<SendOutcome> => {
      const key = keyOf(source, objectId);
      if (inFlight.has(key)) broken.push(`two messages of lane ${key} are sent at once`);
      inFlight.add(key);
      const ofQueue = [...inFlight].filter((each) => each.startsWith(`${source}/`)).length;
      if (ofQueue > (parallelMax[source] ?? 0)) broken.push(`${ofQueue} messages of ${source} are sent at once`);
      const { answer = "accepted", isWrittenMeanwhile = false } = left.get(key)?.shift() ?? {};
      if (answer === "accepted" || answer === "lost") arrivals.push({ key, recordId });
      if (together.isOver) together = roundOfSends();
      await together.end(isWrittenMeanwhile ? () => write([{ key, recordId: recordIdOf(key) }]) : undefined);
      inFlight.delete(key);
      return outcomes[answer];
    };
    epoch += 1;
    const run: DeliveryRun = {
      signal: AbortSignal.timeout(10_000),
      epoch,
      commit: (name, work) => life(name, () => database.transaction(name, work)),
    };
    const job = deliverMessages({
      service: "registry",
      senders: Object.entries(parallelMax).map(([source, most]) => ({
        ...{ source, parallelMax: most, isNoticed: true, send: (message) => send(source, message) },
      })),
      channels: [unheardChannel],
      delaysMs: [hourMs, hourMs, hourMs],
      random: () => 0.5,
    });
    await job.runOnce({ database }, run).catch((error: unknown) => {
      if (!(error instanceof DeadError)) throw error;
    });
    if (run.signal.aborted) broken.push("delivery did not come to an end");
    if (broken.length > 0) throw new Error(broken.join("; "));
  }

  return {
    sql,
    client: queue.queue(),
    write,
    deliver,
    arrivals: () => arrivals,
    async letTimePass(): Promise<void> {
      await sql`update integration_lane set next_attempt_at = '-infinity' where claimed_epoch is null`;
    },
    async forgetAll(): Promise<void> {
      arrivals = [];
      await sql.unsafe(
        ["message", "attempt", "lane", "pause", "notice", "action"]
          .map((table) => `delete from integration_${table}`)
          .concat("delete from transition")
          .join("; "),
      );
    },
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}

type DeliveryRun = Parameters<ReturnType<typeof deliverMessages>["runOnce"]>[1];

class DeadError extends Error {}

/** Commits of a process that dies in the given round: from then on none takes place. */
function mortal(death: Death | undefined) {
  let isDead = false;
  let round = 0;
  return async <T>(name: string, commit: () => Promise<T>): Promise<T> => {
    if (name === "integration.deliver") round += 1;
    if (death?.moment === "after send" && round > death.round) isDead = true;
    if (isDead) throw new DeadError();
    const result = await commit();
    if (death?.moment === "after claim" && round === death.round) {
      isDead = true;
      throw new DeadError();
    }
    return result;
  };
}

/** Sends that began in one turn of the loop end in one turn, after everything that was to be done meanwhile. */
function roundOfSends() {
  const ended = Promise.withResolvers<void>();
  const meanwhile: Promise<void>[] = [];
  const round = {
    isOver: false,
    end(work: (() => Promise<void>) | undefined): Promise<void> {
      if (work !== undefined) meanwhile.push(work());
      return ended.promise;
    },
  };
  setImmediate(() => {
    round.isOver = true;
    Promise.all(meanwhile).then(() => ended.resolve(), ended.reject);
  });
  return round;
}

function keyOf(source: string, objectId: string): LaneKey {
  const key = laneKeys.find((known) => known === `${source}/${objectId}`);
  if (key === undefined) throw new Error(`there is no lane ${source}/${objectId}`);
  return key;
}
