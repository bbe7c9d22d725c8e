import type { Fault } from "../harness/fault.ts";
import { pausedBeyondItsLease } from "./f02-paused-beyond-its-lease.ts";

/** The fault matrix, in its order. */
export const matrix: readonly Fault[] = [pausedBeyondItsLease];
