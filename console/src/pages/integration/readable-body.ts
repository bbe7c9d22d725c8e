import { indentJson } from "./indent-json.ts";

/**
 * A body of the journal for the eye. Registry keeps a source's record as it came, as the text `raw` inside a JSON object: that text is what is
 * shown, as it came, because what is wrong with it may be the very thing that parsing would mend.
 */
export function readableBody(bodyJson: string): { text: string; isWhole: boolean } {
  const kept = recordIn(bodyJson);
  return kept ? { text: indentJson(kept.raw), isWhole: kept.isWhole } : { text: indentJson(bodyJson), isWhole: true };
}

function recordIn(bodyJson: string): { raw: string; isWhole: boolean } | undefined {
  try {
    const body: unknown = JSON.parse(bodyJson);
    if (typeof body !== "object" || body === null || !("raw" in body) || typeof body.raw !== "string") return undefined;
    return { raw: body.raw, isWhole: !("isWhole" in body) || body.isWhole !== false };
  } catch {
    // No JSON of ours: shown as it is.
    return undefined;
  }
}
