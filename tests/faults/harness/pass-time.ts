import { setTimeout as delay } from "node:timers/promises";

/** Lets the fault last: time is part of it. Ends early, with an error, when the run is given up. */
export async function passTime(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}
