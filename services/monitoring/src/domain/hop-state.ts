import { HopState } from "@dozor/proto/monitoring/v1/trace";

/** A version that some part holds; the hash is compared where the part keeps one. */
export type HeldVersion = { version: bigint; contentHash?: Uint8Array };

/** How a part stands against the version it should have; `held` is undefined when it has none, `target` when nothing is to be had. */
export function hopState(target: HeldVersion | undefined, held: HeldVersion | undefined): HopState {
  if (target === undefined) return held === undefined ? HopState.MISSING : HopState.DIFFERENT;
  if (held === undefined) return HopState.MISSING;
  if (held.version < target.version) return HopState.BEHIND;
  if (held.version > target.version || !isEqualContent(target, held)) return HopState.DIFFERENT;
  return HopState.EQUAL;
}

function isEqualContent({ contentHash: target }: HeldVersion, { contentHash: held }: HeldVersion): boolean {
  if (target === undefined || held === undefined) return true;
  return target.length === held.length && target.every((byte, index) => byte === held[index]);
}

/** From the mildest: what stands at the end needs a person most. */
const byGravity = [HopState.EQUAL, HopState.UNREACHABLE, HopState.BEHIND, HopState.MISSING, HopState.DIFFERENT];

export function worstState(states: readonly HopState[]): HopState {
  return states.reduce(
    (worst, state) => (byGravity.indexOf(state) > byGravity.indexOf(worst) ? state : worst),
    HopState.EQUAL,
  );
}
