/** Counts how often each fault really happened. */
export type Bites = {
  bite(name: string, count?: number): void;
  counts(): Record<string, number>;
  /** The counters of the list that are still zero. */
  missing(required: readonly string[]): string[];
};

export function countBites(): Bites {
  const counted = new Map<string, number>();
  return {
    bite: (name, count = 1) => void counted.set(name, (counted.get(name) ?? 0) + count),
    counts: () => Object.fromEntries([...counted].sort()),
    missing: (required) => required.filter((name) => (counted.get(name) ?? 0) === 0),
  };
}
