/** A google.protobuf.Timestamp by its shape, so that rules need no library. */
export type TimestampLike = { seconds: bigint; nanos: number };

/** Milliseconds since 1970, whole: nanoseconds below a millisecond are cut off. */
export function timestampMs(timestamp: TimestampLike): number {
  return Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1e6);
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
