/** Places in the memory that the main thread and the probe's thread share: milliseconds of the last beat, and two flags of 0 or 1. */
export const probeSlots = { beatAt: 0, isStarted: 1, isReady: 2 } as const;
export type ProbeSlot = keyof typeof probeSlots;
