import type { Fault } from "../harness/fault.ts";
import { killedAtABoundary } from "./f01-killed-at-a-boundary.ts";
import { pausedBeyondItsLease } from "./f02-paused-beyond-its-lease.ts";
import { starvedOfProcessor } from "./f03-starved-of-processor.ts";
import { busInterrupted } from "./f04-bus-interrupted.ts";
import { busStoreLost } from "./f05-bus-store-lost.ts";
import { busFull } from "./f06-bus-full.ts";
import { truthInterrupted } from "./f07-truth-interrupted.ts";
import { faultyNetwork } from "./f08-faulty-network.ts";
import { clocksApart } from "./f09-clocks-apart.ts";
import { exchangePlanMisbehaves, sourceMisbehaves } from "./f10-source-misbehaves.ts";
import { hostileInput } from "./f11-hostile-input.ts";
import { rolledToAnotherVersion } from "./f12-rolled-to-another-version.ts";
import { starvedOfMemoryAndDisk } from "./f13-starved-of-memory-and-disk.ts";
import { deliveredTwice } from "./f14-delivered-twice.ts";
import { replayedUnderLoad } from "./f15-replayed-under-load.ts";
import { leasesLost } from "./f16-leases-lost.ts";

/** The fault matrix, in its order; a row that has to hold in two ways has two entries. */
export const matrix: readonly Fault[] = [
  killedAtABoundary,
  pausedBeyondItsLease,
  starvedOfProcessor,
  busInterrupted,
  busStoreLost,
  busFull,
  truthInterrupted,
  faultyNetwork,
  clocksApart,
  sourceMisbehaves,
  exchangePlanMisbehaves,
  hostileInput,
  rolledToAnotherVersion,
  starvedOfMemoryAndDisk,
  deliveredTwice,
  replayedUnderLoad,
  leasesLost,
];
