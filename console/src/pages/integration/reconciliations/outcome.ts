import type { Reconciliation } from "@dozor/proto/monitoring/v1/reconciliation";

/** In the order in which they are told. */
export const differenceKinds = ["missing", "behind", "ahead", "contradicting", "surplus", "damaged"] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

/** What differed and how often; nothing that did not. */
export function differencesOf({
  differences,
}: Pick<Reconciliation, "differences">): { kind: DifferenceKind; count: bigint }[] {
  return differenceKinds.map((kind) => ({ kind, count: differences?.[kind] ?? 0n })).filter(({ count }) => count > 0n);
}

export function differenceCount(reconciliation: Pick<Reconciliation, "differences">): bigint {
  return differencesOf(reconciliation).reduce((sum, { count }) => sum + count, 0n);
}

export type Outcome = "running" | "failed" | "differing" | "equal";

/** How a comparison stands. What it found before it failed is no whole answer. */
export function outcomeOf(reconciliation: Pick<Reconciliation, "endedAt" | "error" | "differences">): Outcome {
  if (!reconciliation.endedAt) return "running";
  if (reconciliation.error !== "") return "failed";
  return differenceCount(reconciliation) > 0n ? "differing" : "equal";
}
