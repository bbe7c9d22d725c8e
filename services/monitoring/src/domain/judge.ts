import type { Condition } from "@dozor/proto/monitoring/v1/condition";
import { unavailability } from "./availability.ts";
import { judgeAgreedLocation } from "./judge-agreed-location.ts";
import { judgeCounterpartyIdentity } from "./judge-counterparty-identity.ts";
import { judgeCounterpartyState } from "./judge-counterparty-state.ts";
import { judgeMileage } from "./judge-mileage.ts";
import { judgeNoContact } from "./judge-no-contact.ts";
import { judgeNoFix } from "./judge-no-fix.ts";
import { judgeRegion } from "./judge-region.ts";
import { judgeTrackerMissing } from "./judge-tracker-missing.ts";
import { judgeTrackersDisagree } from "./judge-trackers-disagree.ts";
import { judgeZone } from "./judge-zone.ts";
import { type Judgement, type Subject, unknown } from "./judgement.ts";

/** What a condition says of one asset as of one instant. Depends on its arguments alone: asking again gives the same. */
export function judge(condition: Condition, { asOfMs, terms, facts }: Subject): Judgement {
  const { kind } = condition;
  if (kind.case === undefined) throw new Error("judge an asset: the condition has no kind");
  if (kind.case === "counterpartyState") return judgeCounterpartyState(kind.value, terms);
  if (kind.case === "counterpartyIdentity") return judgeCounterpartyIdentity(kind.value, terms);
  if (facts === undefined) throw new Error(`judge an asset by ${kind.case}: there are no tracker facts`);
  if (kind.case === "trackerMissing") return judgeTrackerMissing(kind.value, terms, facts, asOfMs);
  const reason = unavailability(facts.availability);
  if (reason !== undefined) return unknown(reason);
  switch (kind.case) {
    case "zone":
      return judgeZone(kind.value, facts);
    case "region":
      return judgeRegion(kind.value, terms, facts);
    case "agreedLocation":
      return judgeAgreedLocation(kind.value, terms, facts);
    case "noContact":
      return judgeNoContact(kind.value, facts, asOfMs);
    case "noFix":
      return judgeNoFix(kind.value, facts, asOfMs);
    case "trackersDisagree":
      return judgeTrackersDisagree(kind.value, facts);
    case "mileage":
      return judgeMileage(kind.value, terms, facts);
  }
}
