import { pause } from "@dozor/runtime/wait";
import type { Sender } from "./sender.ts";
import type { ClaimedMessage, Settlement } from "./store/delivery.ts";

export type Claim = { sender: Sender; message: ClaimedMessage };

/** What delivery claimed and did not settle yet. */
export type Sendings = {
  /** Claimed and not taken; of one queue, claimed and not ended. */
  count(source?: string): number;
  /** Just claimed: an instance that takes over settles what we have, and sends it again a second later at the earliest. */
  add(claims: readonly Claim[]): void;
  /** What ended since it was asked before, and what waited too long to be begun. */
  take(): { ended: Settlement[]; unsent: Claim[] };
  /** Resolves when something ended since it was taken. */
  somethingEnded(): Promise<void>;
  /** Begins nothing any more, waits so long for what is on its way, and gives up the rest. What became of all is then there to be taken. */
  stop(graceMs: number): Promise<void>;
};

/**
 * A process that was stopped for a while must not go on with what it claimed before: another may have sent that since, and newer messages of the same
 * objects. Below the shortest pause between two attempts.
 */
const freshMs = 500;

/** Has at most `inFlightMax` messages sent at once, and fewer of each queue; what is above that waits in its order. */
export function openSendings(
  send: (claim: Claim, signal: AbortSignal) => Promise<Settlement>,
  inFlightMax: number,
  now: () => number = () => performance.now(),
): Sendings {
  const giveUp = new AbortController();
  const inFlight = new Map<string, { source: string; sending: Promise<void> }>();
  let waiting: { claim: Claim; sinceMs: number }[] = [];
  let unsent: Claim[] = [];
  let ended: Settlement[] = [];
  let something = Promise.withResolvers<void>();

  const inFlightOf = (source: string) => [...inFlight.values()].filter((each) => each.source === source).length;

  function beginWhatMay(): void {
    const nowMs = now();
    const later: typeof waiting = [];
    for (const each of waiting) {
      const { source, parallelMax } = each.claim.sender;
      if (nowMs - each.sinceMs > freshMs) unsent.push(each.claim);
      else if (inFlight.size < inFlightMax && inFlightOf(source) < parallelMax) begin(each.claim);
      else later.push(each);
    }
    waiting = later;
  }

  function begin(claim: Claim): void {
    const { recordId } = claim.message;
    const sending = send(claim, giveUp.signal)
      // Given up: the attempt stays open, and the next epoch settles it.
      .then(
        (settlement) => void ended.push(settlement),
        () => {},
      )
      .then(() => {
        inFlight.delete(recordId);
        beginWhatMay();
        something.resolve();
      });
    inFlight.set(recordId, { source: claim.sender.source, sending });
  }

  return {
    count: (source) =>
      source === undefined
        ? waiting.length + inFlight.size + ended.length + unsent.length
        : waiting.filter(({ claim }) => claim.sender.source === source).length + inFlightOf(source),
    add(claims) {
      const sinceMs = now();
      waiting.push(...claims.map((claim) => ({ claim, sinceMs })));
      beginWhatMay();
    },
    take() {
      beginWhatMay();
      const taken = { ended, unsent };
      ended = [];
      unsent = [];
      something = Promise.withResolvers();
      return taken;
    },
    somethingEnded: () => something.promise,
    async stop(graceMs) {
      unsent.push(...waiting.map(({ claim }) => claim));
      waiting = [];
      const sendings = Promise.all([...inFlight.values()].map(({ sending }) => sending));
      await Promise.race([sendings, pause(graceMs, giveUp.signal)]);
      giveUp.abort(new Error("delivery is stopping"));
      await sendings;
    },
  };
}
