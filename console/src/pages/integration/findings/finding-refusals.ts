import { type Finding, FindingState } from "@dozor/proto/integration/v1/data_quality";
import type { Person } from "../../../app/session.ts";

export const findingVerbs = ["take", "assign", "release", "settle", "reopen"] as const;
export type FindingVerb = (typeof findingVerbs)[number];
type RefusalKey = "role" | "gone" | "yours" | "nobodys" | "notSettled" | "settled";

/** Who answers for the data; whoever sees the integration may read it. */
export const findingKeepers = ["integration_admin", "lead"];

/** Why a verb cannot be done with the finding now; undefined when it can. The service decides; this only says it before it is asked. */
export function findingRefusal(
  verb: FindingVerb,
  { state, owner }: Pick<Finding, "state" | "owner">,
  { subject, roles }: Pick<Person, "subject" | "roles">,
): RefusalKey | undefined {
  if (!roles.some((role) => findingKeepers.includes(role))) return "role";
  if (state === FindingState.GONE) return "gone";
  switch (verb) {
    case "take":
      return owner === subject ? "yours" : undefined;
    case "assign":
      return undefined;
    case "release":
      return owner === "" ? "nobodys" : undefined;
    case "settle":
      return state === FindingState.SETTLED ? "settled" : undefined;
    case "reopen":
      return state === FindingState.SETTLED ? undefined : "notSettled";
    default:
      return verb satisfies never;
  }
}
