import type { Finding } from "@dozor/proto/integration/v1/data_quality";
import type { TFunction } from "i18next";
import { formatDateTime, formatDay } from "../../../lib/company-time.ts";
import { shortPartyName } from "../../../lib/words/party-name.ts";
import { type Evidence, readEvidence } from "./finding-evidence.ts";

const rules = [
  "inn_ogrn_conflict",
  "inn_ogrn_of_predecessor",
  "duplicate_inn",
  "vin_duplicate",
  "vin_unexpected",
  "vin_invalid",
  "source_conflict",
  "tracker_missing",
  "device_unmatched",
  // Of scores only.
  "quarantined",
] as const;

/** A rule in a few words; one that this console does not know by its code. */
export function ruleWords(rule: string, t: TFunction): string {
  const known = rules.find((each) => each === rule);
  return known ? t(`findings.rule.${known}`) : rule;
}

/** What the rule says of this very thing, in a sentence; undefined when only the evidence itself can tell. */
export function findingWords(
  { rule, evidenceJson }: Pick<Finding, "rule" | "evidenceJson">,
  t: TFunction,
): string | undefined {
  const evidence = readEvidence(rule, evidenceJson);
  return evidence && evidenceWords(evidence, t);
}

function evidenceWords(evidence: Evidence, t: TFunction): string {
  switch (evidence.rule) {
    case "inn_ogrn_conflict":
    case "inn_ogrn_of_predecessor":
    case "duplicate_inn":
      return identityWords(evidence, t);
    case "vin_invalid":
      return vinWords(evidence.vin, t);
    case "vin_unexpected":
      return t("findings.says.vin_unexpected", evidence);
    case "vin_duplicate":
      return leaseWords(evidence, t);
    case "source_conflict":
      return conflictWords(evidence, t);
    case "tracker_missing":
      return trackerWords(evidence, t);
    case "device_unmatched":
      return t(evidence.fitsSeveral ? "findings.says.fitsSeveral" : "findings.says.fitsNone", {
        numbers: numbersWords(evidence, t),
      });
    default:
      return evidence satisfies never;
  }
}

type IdentityEvidence = Extract<Evidence, { focusName: string }>;

function identityWords({ rule, inn, ogrn, focusInn, focusOgrn, focusName }: IdentityEvidence, t: TFunction): string {
  const said = t(`findings.says.${rule}`, { inn, ogrn });
  if (focusName === "") return said;
  const found = t("findings.says.inFocus", { name: shortPartyName(focusName), inn: focusInn, ogrn: focusOgrn });
  return `${said}; ${found}`;
}

const vinLength = 17;

function vinWords(vin: string, t: TFunction): string {
  if (vin.length !== vinLength) return t("findings.says.vinLength", { vin, count: vin.length });
  const isOneSign = new Set(vin).size === 1;
  return t(isOneSign ? "findings.says.vinOneSign" : "findings.says.vinSigns", { vin });
}

function leaseWords({ vin, leases }: Extract<Evidence, { rule: "vin_duplicate" }>, t: TFunction): string {
  const count = new Set(leases.map(({ assetId }) => assetId)).size;
  return count > 1
    ? t("findings.says.vinOfAssets", { vin, count })
    : t("findings.says.vinInContracts", { vin, count: leases.length });
}

function conflictWords(evidence: Extract<Evidence, { rule: "source_conflict" }>, t: TFunction): string {
  const { number, records, differs } = evidence;
  const differences = differs.map((attribute) => {
    const values = records
      .filter(({ said }) => said[attribute] !== "")
      .map(({ said, source }) => `${said[attribute]} (${source})`);
    return `${t(`findings.attribute.${attribute}`)}: ${values.join(", ")}`;
  });
  const subject = `${t(`findings.attribute.${number.kind}`)} ${number.value}`;
  return t("findings.says.source_conflict", { subject, differences: differences.join("; ") });
}

function trackerWords(evidence: Extract<Evidence, { rule: "tracker_missing" }>, t: TFunction): string {
  const { expectedFrom, lastSittingEndedAt } = evidence;
  const said = { numbers: numbersWords(evidence, t), from: formatDay(expectedFrom) };
  if (!lastSittingEndedAt) return t("findings.says.trackerNever", said);
  return t("findings.says.trackerGone", { ...said, at: `${formatDateTime(lastSittingEndedAt)} ${t("common.zone")}` });
}

function numbersWords({ vin, plate }: { vin: string; plate: string }, t: TFunction): string {
  const known = [vin && `${t("findings.attribute.vin")} ${vin}`, plate && `${t("findings.attribute.plate")} ${plate}`];
  return known.filter((each) => each !== "").join(", ") || t("findings.says.noNumbers");
}
