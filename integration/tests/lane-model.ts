// What the outbound lanes of the journal promise, in plain objects: no database, no clock, no concurrency. Delivery goes in rounds: every lane that may send
// does, and the ends of a round are written together with the claims of the next.

export const laneKeys = ["portal/A", "portal/B", "portal/C", "archive/A", "archive/B"] as const;
export type LaneKey = (typeof laneKeys)[number];

/** At most so many lanes of a queue send at once. */
export const parallelMax: Record<string, number> = { portal: 2, archive: 4 };
export const attemptsMax = 4;

/** `silent` did not arrive; of `lost` only the answer did not. */
export type Answer = "accepted" | "refused" | "unavailable" | "silent" | "lost";
/** What a lane's sends meet, one after the other, and whether somebody writes to the lane meanwhile; what comes after them is accepted. */
export type Script = Partial<Record<LaneKey, readonly { answer: Answer; isWrittenMeanwhile: boolean }[]>>;
/** The process dies in the n-th round: with the claims written and nothing sent, or with everything sent and no end written. */
export type Death = { round: number; moment: "after claim" | "after send" };

export type ModelMessage = {
  recordId: string;
  state: 1 | 2 | 3 | 4;
  /** Since it was written or asked to be tried again. */
  attempts: number;
  failures: number;
  isSkipped: boolean;
  attemptsEver: number;
};

type ModelLane = {
  messages: ModelMessage[];
  /** Somebody began to send the first message and did not write how it ended. */
  isClaimed: boolean;
  isWaiting: boolean;
};

export type LaneModel = ReturnType<typeof laneModel>;

export function laneModel() {
  const lanes = new Map<LaneKey, ModelLane>(
    laneKeys.map((key) => [key, { messages: [], isClaimed: false, isWaiting: false }]),
  );
  /** Of queues by their name, of lanes by their key. */
  const pauses = new Set<string>();
  const arrivals = new Map<LaneKey, string[]>(laneKeys.map((key) => [key, []]));

  const laneOf = (key: LaneKey): ModelLane => {
    const lane = lanes.get(key);
    if (lane === undefined) throw new Error(`there is no lane ${key}`);
    return lane;
  };
  const headOf = (key: LaneKey) => firstUnfinished(laneOf(key));
  const nextRecordId = (key: LaneKey, further = 0) => recordIdOf(key, laneOf(key).messages.length + further);

  function write(key: LaneKey): string {
    const recordId = nextRecordId(key);
    const lane = laneOf(key);
    lane.messages.push({ recordId, state: 1, attempts: 0, failures: 0, isSkipped: false, attemptsEver: 0 });
    return recordId;
  }

  function deliver(script: Script, death: Death | undefined): void {
    for (const key of laneKeys) if (laneOf(key).isClaimed) settle(key, "unavailable");
    const left = new Map(laneKeys.map((key) => [key, [...(script[key] ?? [])]]));
    for (let [round, sent]: [number, [LaneKey, Answer][]] = [1, []]; ; round += 1) {
      if (death?.moment === "after send" && round > death.round) return;
      for (const [key, answer] of sent) settle(key, answer);
      const claimed = Object.keys(parallelMax).flatMap((source) => ready(source).slice(0, parallelMax[source]));
      for (const key of claimed) claim(key);
      if (claimed.length === 0 || (death?.moment === "after claim" && round === death.round)) return;
      sent = claimed.map((key) => [key, send(key, left.get(key)?.shift())]);
    }
  }

  /** Lanes that may send, in the order in which they began to wait. */
  function ready(source: string): LaneKey[] {
    const heads = laneKeys.flatMap((key) => {
      const { isClaimed, isWaiting } = laneOf(key);
      const head = headOf(key);
      const isHeldUp = isClaimed || isWaiting || pauses.has(key) || pauses.has(source) || head?.state === 4;
      return head === undefined || isHeldUp || !key.startsWith(`${source}/`) ? [] : [{ key, id: head.recordId }];
    });
    return heads.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ key }) => key);
  }

  function claim(key: LaneKey): void {
    laneOf(key).isClaimed = true;
    change(key, (head) => ({ state: 2, attempts: head.attempts + 1, attemptsEver: head.attemptsEver + 1 }));
  }

  function send(key: LaneKey, scripted: { answer: Answer; isWrittenMeanwhile: boolean } | undefined): Answer {
    const { answer, isWrittenMeanwhile } = scripted ?? { answer: "accepted", isWrittenMeanwhile: false };
    const recordId = headOf(key)?.recordId;
    if (recordId !== undefined && (answer === "accepted" || answer === "lost")) arrivals.get(key)?.push(recordId);
    if (isWrittenMeanwhile) write(key);
    return answer;
  }

  function settle(key: LaneKey, answer: Answer): void {
    const lane = laneOf(key);
    lane.isClaimed = false;
    change(key, ({ attempts, failures }) => {
      if (answer === "accepted") return { state: 3 };
      if (answer === "refused" || attempts === attemptsMax) return { state: 4, failures: failures + 1 };
      lane.isWaiting = true;
      return {};
    });
  }

  function change(key: LaneKey, changed: (head: ModelMessage) => Partial<ModelMessage>): void {
    const head = headOf(key);
    if (head !== undefined) Object.assign(head, changed(head));
  }

  return {
    write,
    deliver,
    /** Of the next message of the lane, or of one after it. */
    nextRecordId,
    lanes,
    pauses,
    arrivals,
    all: () => laneKeys.flatMap((key) => laneOf(key).messages),
    /** The failed messages that hold their lanes up. */
    blocking: () =>
      laneKeys.flatMap((key) => {
        const head = headOf(key);
        return head?.state === 4 ? [{ key, recordId: head.recordId }] : [];
      }),
    head: headOf,
    letTimePass: () => {
      for (const lane of lanes.values()) lane.isWaiting = false;
    },
    retry: (key: LaneKey) => change(key, () => ({ state: 1, attempts: 0 })),
    skip: (key: LaneKey) => change(key, () => ({ isSkipped: true })),
  };
}

function firstUnfinished({ messages }: ModelLane): ModelMessage | undefined {
  return messages.find(({ state, isSkipped }) => state !== 3 && !isSkipped);
}

/** Chronological, and known without asking anybody. */
function recordIdOf(key: LaneKey, number: number): string {
  return `01900000-${number.toString(16).padStart(4, "0")}-7000-8000-${laneKeys.indexOf(key).toString(16).padStart(12, "0")}`;
}
