import { DeadLetterState } from "@dozor/proto/integration/v1/dead_letter";
import { type LetterService, letterServiceIn } from "../integration-services.ts";

export const letterStates = ["open", "retry", "processed", "discarded"] as const;
type LetterState = (typeof letterStates)[number];

/** In the address bar. An absent service is registry, an absent state is open; "all" is every state. */
export type DeadLettersSearch = { service?: LetterService; state?: LetterState | "all"; consumer?: string };

export function readDeadLettersSearch(raw: Record<string, unknown>): DeadLettersSearch {
  const search: DeadLettersSearch = {};
  const service = letterServiceIn(raw.service);
  if (service !== undefined && service !== "registry") search.service = service;
  const state = ([...letterStates, "all"] as const).find((each) => each === raw.state);
  if (state !== undefined && state !== "open") search.state = state;
  if (typeof raw.consumer === "string" && raw.consumer.trim() !== "") search.consumer = raw.consumer.slice(0, 100);
  return search;
}

export function stateOf({ state = "open" }: DeadLettersSearch): DeadLetterState {
  const states = {
    all: DeadLetterState.UNSPECIFIED,
    open: DeadLetterState.OPEN,
    retry: DeadLetterState.RETRY,
    processed: DeadLetterState.PROCESSED,
    discarded: DeadLetterState.DISCARDED,
  };
  return states[state];
}
