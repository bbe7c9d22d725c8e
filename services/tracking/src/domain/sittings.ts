/** The numbers are those of the contract and the tables. */
export const matchings = { vin: 1, plate: 2, byHand: 3, ambiguous: 4, none: 5 } as const;

/** A device on an asset (or on something unknown) for the time [fromAt, toAt). */
export type Sitting = {
  sittingNo: number;
  installedAt: Date;
  fromAt: Date;
  toAt: Date | undefined;
  isByHand: boolean;
};

export type SittingPlan = {
  /** Sittings that never were, as we know now. */
  remove: number[];
  /** New ends; undefined for open. */
  end: { sittingNo: number; toAt: Date | undefined }[];
  /** Sittings that are the reported one: they take over its identifiers. */
  keep: number[];
  insert: { installedAt: Date; fromAt: Date; toAt: Date | undefined }[];
};

/**
 * What the present sitting of a device, as its provider shows it, does to the sittings we remember. The provider is right about everything
 * from installedAt on; what was before it is remembered by us alone and ends there.
 */
export function planListedSitting(
  remembered: readonly Sitting[],
  installedAt: Date | undefined,
  removedAt: Date | undefined,
  now: Date,
): SittingPlan {
  if (installedAt === undefined) return planCut(remembered, removedAt ?? now);
  const same = remembered.filter((each) => each.installedAt.getTime() === installedAt.getTime());
  const plan = planCut(
    remembered.filter((each) => !same.includes(each)),
    installedAt,
  );
  if (same.length === 0) {
    plan.insert.push({ installedAt, fromAt: installedAt, toAt: removedAt });
    return plan;
  }
  for (const [index, each] of same.entries()) {
    if (removedAt !== undefined && each.fromAt >= removedAt) {
      plan.remove.push(each.sittingNo);
      continue;
    }
    plan.keep.push(each.sittingNo);
    const next = same[index + 1];
    const toAt = next === undefined || (removedAt !== undefined && next.fromAt >= removedAt) ? removedAt : next.fromAt;
    if (toAt?.getTime() !== each.toAt?.getTime()) plan.end.push({ sittingNo: each.sittingNo, toAt });
  }
  return plan;
}

/** What an assignment by hand from an instant on does: it replaces the rest of the sitting it falls into, or begins one that has no end. */
export function planAssignment(
  remembered: readonly Sitting[],
  fromAt: Date,
): { replace: number | undefined; end: SittingPlan["end"]; insert: SittingPlan["insert"]; remove: number[] } {
  const around = remembered.find((each) => each.fromAt <= fromAt && (each.toAt === undefined || fromAt < each.toAt));
  if (around === undefined) {
    const later = remembered.filter((each) => each.fromAt > fromAt).map((each) => each.fromAt);
    return {
      replace: undefined,
      end: [],
      insert: [{ installedAt: fromAt, fromAt, toAt: later[0] }],
      remove: [],
    };
  }
  // Later pieces of the same sitting were assigned before; the newest word is the valid one.
  const pieces = remembered.filter(
    (each) => each.fromAt > fromAt && each.installedAt.getTime() === around.installedAt.getTime(),
  );
  const toAt = pieces.length === 0 ? around.toAt : pieces.at(-1)?.toAt;
  const remove = pieces.map((each) => each.sittingNo);
  if (around.fromAt.getTime() === fromAt.getTime())
    return { replace: around.sittingNo, end: [{ sittingNo: around.sittingNo, toAt }], insert: [], remove };
  return {
    replace: undefined,
    end: [{ sittingNo: around.sittingNo, toAt: fromAt }],
    insert: [{ installedAt: around.installedAt, fromAt, toAt }],
    remove,
  };
}

function planCut(remembered: readonly Sitting[], at: Date): SittingPlan {
  const plan: SittingPlan = { remove: [], end: [], keep: [], insert: [] };
  for (const each of remembered) {
    if (each.fromAt >= at) plan.remove.push(each.sittingNo);
    else if (each.toAt === undefined || each.toAt > at) plan.end.push({ sittingNo: each.sittingNo, toAt: at });
  }
  return plan;
}
