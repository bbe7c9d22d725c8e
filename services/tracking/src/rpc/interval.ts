import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import type { Clock } from "@dozor/runtime/clock";
import { invalidArgument } from "@dozor/runtime/errors";

const dayMs = 86_400_000;
const daysDefault = 30;
const daysMax = 366;

/** The half-open interval asked for: the last 30 days unless said otherwise, 366 at most. */
export function intervalOf(
  { from, to }: { from?: Timestamp | undefined; to?: Timestamp | undefined },
  clock: Clock,
): { fromAt: Date; toAt: Date } {
  const toAt = to === undefined ? clock.now() : timestampDate(to);
  const fromAt = from === undefined ? new Date(toAt.getTime() - daysDefault * dayMs) : timestampDate(from);
  const lengthMs = toAt.getTime() - fromAt.getTime();
  if (lengthMs <= 0) throw invalidArgument("from is not before to");
  if (lengthMs > daysMax * dayMs) throw invalidArgument(`the interval is longer than ${daysMax} days`);
  return { fromAt, toAt };
}
