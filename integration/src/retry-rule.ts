/** Pauses before the second, third and fourth attempt, in milliseconds. */
export const retryDelaysMs: readonly number[] = [1_000, 5_000, 25_000];

const retryAfterMsMax = 300_000;

/**
 * How long to wait after `attempts` attempts; undefined when there were enough. A fifth up or down, so that what failed together does not come back
 * together; never before the other side said it would be ready, within five minutes.
 */
export function retryDelayMs(
  attempts: number,
  { delaysMs, retryAfterMs = 0, random }: { delaysMs: readonly number[]; retryAfterMs?: number; random: () => number },
): number | undefined {
  const delayMs = delaysMs[attempts - 1];
  if (delayMs === undefined) return undefined;
  return Math.max(Math.round(delayMs * (0.8 + random() * 0.4)), Math.min(retryAfterMs, retryAfterMsMax));
}
