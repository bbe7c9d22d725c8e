import type { ProviderState } from "../store/provider-state.ts";

/**
 * Whether silence of a provider's devices as of an instant means anything: the newest complete listing of contacts began late enough, and the newest
 * listing did not fail.
 */
export function isHealthy(
  state: Pick<ProviderState, "contactsCompleteUntil" | "contactsError">,
  asOf: Date,
  toleranceMs: number,
): boolean {
  const { contactsCompleteUntil, contactsError } = state;
  if (contactsCompleteUntil === null || contactsError !== "") return false;
  return contactsCompleteUntil.getTime() >= asOf.getTime() - toleranceMs;
}
