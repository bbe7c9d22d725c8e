/** Where a position came from: satellites, cell towers, wireless networks. The numbers are those of the contract and the tables. */
export const fixSources = { gnss: 1, lbs: 2, wifi: 3 } as const;
export type FixSource = (typeof fixSources)[keyof typeof fixSources];

/** Why a fix is kept but not used; 0 for a plausible one. The numbers are those of the contract and the tables. */
export const fixFlaws = {
  none: 0,
  outOfRange: 1,
  zeroCoordinates: 2,
  wholeDegrees: 3,
  inFuture: 4,
  tooOld: 5,
  swapped: 6,
  tooFast: 7,
} as const;
export type FixFlaw = (typeof fixFlaws)[keyof typeof fixFlaws];

/** A position as a device reported it. Degrees, metres. */
export type ReportedFix = {
  at: Date;
  lat: number;
  lon: number;
  source: FixSource;
  accuracyM: number | undefined;
  satellites: number | undefined;
};
