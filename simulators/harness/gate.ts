/** What happens to a call that comes while another one runs. */
export type Concurrency = "503" | "wait" | "break" | "allow";

/** A call's turn: `null` when it is refused. `broken` is aborted when a later call breaks this one off. */
export interface Turn {
  broken: AbortSignal;
  done(): void;
}

export interface Gate {
  enter(signal: AbortSignal): Promise<Turn | null>;
  /** How many calls came while another one ran. */
  violations(): number;
  isBusy(): boolean;
}

/** One call at a time, as the leasing base and the tracker provider can bear. */
export function makeGate(concurrency: Concurrency): Gate {
  const waiting: (() => void)[] = [];
  let running: AbortController | null = null;
  let violations = 0;
  const begin = (): Turn => {
    const turn = new AbortController();
    running = turn;
    let over = false;
    return {
      broken: turn.signal,
      done: () => {
        if (over) return;
        over = true;
        if (running === turn) running = null;
        waiting.shift()?.();
      },
    };
  };
  return {
    violations: () => violations,
    isBusy: () => running !== null,
    enter: async (signal) => {
      if (running === null || concurrency === "allow") return begin();
      violations++;
      if (concurrency === "503") return null;
      if (concurrency === "break") {
        running.abort();
        return begin();
      }
      while (running !== null) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.push(resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
        await promise;
        if (signal.aborted) {
          const place = waiting.indexOf(resolve);
          if (place >= 0) waiting.splice(place, 1);
          else waiting.shift()?.();
          return null;
        }
      }
      return begin();
    },
  };
}
