import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type DeadLetter, DeadLetterSchema, DeadLetterState } from "@dozor/proto/integration/v1/dead_letter";
import type { LetterState, LetterSummary } from "@dozor/runtime/dead-letter-desk";

const states: Record<LetterState, DeadLetterState> = {
  open: DeadLetterState.OPEN,
  retry: DeadLetterState.RETRY,
  processed: DeadLetterState.PROCESSED,
  discarded: DeadLetterState.DISCARDED,
};
const storedStates: Record<DeadLetterState, LetterState | undefined> = {
  [DeadLetterState.UNSPECIFIED]: undefined,
  [DeadLetterState.OPEN]: "open",
  [DeadLetterState.RETRY]: "retry",
  [DeadLetterState.PROCESSED]: "processed",
  [DeadLetterState.DISCARDED]: "discarded",
};

/** undefined when the filter names none. */
export const storedState = (state: DeadLetterState): LetterState | undefined => storedStates[state];

export function deadLetterOf(letter: LetterSummary): DeadLetter {
  return create(DeadLetterSchema, {
    id: BigInt(letter.id),
    consumer: letter.consumer,
    messageId: letter.messageId,
    stream: letter.stream,
    subject: letter.subject,
    schema: letter.schema ?? "",
    reason: letter.reason,
    cause: letter.cause,
    attempts: letter.attempts,
    state: states[letter.state],
    createdAt: timestampFromDate(letter.createdAt),
    updatedAt: timestampFromDate(letter.updatedAt),
    settledBy: letter.settledBy,
    settlement: letter.settlement,
  });
}
