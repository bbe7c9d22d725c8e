/** How long a caller has to wait, seconds, or 0 when the call is allowed: so many calls in any second. */
export function makeRate(callsPerSecond: number): () => number {
  const recent: number[] = [];
  return () => {
    if (callsPerSecond <= 0) return 0;
    const now = performance.now();
    while (recent[0] !== undefined && now - recent[0] >= 1000) recent.shift();
    if (recent.length >= callsPerSecond) return 1;
    recent.push(now);
    return 0;
  };
}
