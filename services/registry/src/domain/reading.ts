/** A repair that was applied or suggested, or a rule that a value broke without being refused. */
export type Remark = { attribute: string; rule: string; rawValue: string; suggestedValue: string; applied: boolean };

/** Why a record was refused. `text` says what was found and what was expected. */
export type Reason = { rule: string; attribute: string; text: string };

/** Every reason in one line. */
export function refusalText(reasons: readonly Reason[]): string {
  return reasons.map(({ rule, attribute, text }) => `${rule} in ${attribute}: ${text}`).join("; ");
}
