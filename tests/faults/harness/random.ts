/** Chance that can be repeated: the same seed draws the same numbers. */
export type Random = {
  seed: number;
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from min to max, both included. */
  int(min: number, max: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
  /** A generator of its own, so that what one part draws does not depend on how often another part did. */
  fork(name: string): Random;
};

/** @param seed a whole number from 0 to 2^32 - 1 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    seed,
    next,
    int,
    chance: (share) => next() < share,
    pick(list) {
      if (list.length === 0) throw new Error("pick at random: the list is empty");
      // The index lies within the list, which is not empty.
      return list[int(0, list.length - 1)] as (typeof list)[number];
    },
    shuffled(list) {
      const drawn = list.map((item) => ({ item, at: next() }));
      return drawn.sort((a, b) => a.at - b.at).map(({ item }) => item);
    },
    fork: (name) => seededRandom(Number(Bun.hash.xxHash32(`${seed} ${name}`))),
  };
}
