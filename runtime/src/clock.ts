// The wall clock, handed in so that tests can move it. It promises nothing about monotonic time: deadlines and leases use performance.now().

export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

export type FixedClock = Clock & { set(date: Date): void; advance(ms: number): void };

/** A clock which stands still until the test moves it. */
export function fixedClock(date: Date): FixedClock {
  let nowMs = date.getTime();
  return {
    now: () => new Date(nowMs),
    set: (next) => {
      nowMs = next.getTime();
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
