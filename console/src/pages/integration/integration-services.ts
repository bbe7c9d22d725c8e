/** Who talks to outside systems and keeps a journal of it. */
export const journalServices = ["registry", "tracking"] as const;
export type JournalService = (typeof journalServices)[number];

/** Who consumes messages of the others and keeps those that could not be processed. */
export const letterServices = ["registry", "tracking", "monitoring"] as const;
export type LetterService = (typeof letterServices)[number];

export function journalServiceIn(value: unknown): JournalService | undefined {
  return journalServices.find((each) => each === value);
}

export function letterServiceIn(value: unknown): LetterService | undefined {
  return letterServices.find((each) => each === value);
}
