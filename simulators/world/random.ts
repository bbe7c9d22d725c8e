/**
 * Seeded chance. Every value of the world is a function of the seed, the name of what is drawn and its number, so that
 * three processes draw the same world without talking, and any single entity can be drawn alone.
 */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An integer in [min, max], both included. */
  int(min: number, max: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** Draws for one thing: `randomFor(seed, "asset", 17)`. */
export function randomFor(seed: number, stream: string, index = 0, part = 0): Random {
  let state = hash(seed, hashText(stream), index, part);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (share) => next() < share,
    pick: (list) => {
      const picked = list[Math.floor(next() * list.length)];
      if (picked === undefined) throw new Error("pick from an empty list");
      return picked;
    },
  };
}

/** One number in [0, 1) without a generator, for the innermost loops. */
export function chanceOf(seed: number, stream: number, index: number, part = 0): number {
  return hash(seed, stream, index, part) / 4294967296;
}

/** Which of the outcomes a number in [0, 1) falls on, laid one after another by their shares; null beyond them all. */
export function outcomeAt<T>(drawn: number, shares: readonly (readonly [T, number])[]): T | null {
  let edge = 0;
  for (const [outcome, share] of shares) {
    edge += share;
    if (drawn < edge) return outcome;
  }
  return null;
}

/** An unsigned 32-bit mix of four integers. */
export function hash(a: number, b: number, c: number, d: number): number {
  let mixed = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ b, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ c, 0x27d4eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 16) ^ d, 0x165667b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export function hashText(text: string): number {
  let mixed = 2166136261;
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 16777619);
  return mixed >>> 0;
}
