export interface WorldClock {
  now(): number;
  /** Moves forward to an instant; never back. */
  advanceTo(atMs: number): void;
  /** From now on the clock also follows the real one. */
  run(): void;
}

/** The world's own clock: it stands still until it is moved, or runs with the real one. */
export function makeClock(startMs: number): WorldClock {
  let baseMs = startMs;
  let runningSince: number | null = null;
  const now = () => baseMs + (runningSince === null ? 0 : Date.now() - runningSince);
  return {
    now,
    advanceTo: (atMs) => {
      if (Number.isNaN(atMs)) throw new Error("move the clock: not an instant");
      baseMs = Math.max(now(), atMs);
      if (runningSince !== null) runningSince = Date.now();
    },
    run: () => {
      runningSince ??= Date.now();
    },
  };
}
