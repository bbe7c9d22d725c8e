import type { Finding } from "@dozor/proto/integration/v1/data_quality";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { formatDateTime, formatDay } from "../../../lib/company-time.ts";
import { shortPartyName } from "../../../lib/words/party-name.ts";
import { type Fact, FactList } from "../../../parts/fact-list.tsx";
import { CodePanel } from "../code-panel.tsx";
import { indentJson } from "../indent-json.ts";
import classes from "../integration.module.css";
import { EntityLink } from "./entity-link.tsx";
import { type Evidence, readEvidence, type SourceRecord } from "./finding-evidence.ts";
import own from "./findings.module.css";

type Group = { title: string; facts: Fact[] };

/** What the finding rests on, as facts; as it was written where this console does not know the rule. */
export function EvidenceFacts({ finding }: { finding: Pick<Finding, "rule" | "evidenceJson"> }) {
  const { t } = useTranslation();
  const evidence = readEvidence(finding.rule, finding.evidenceJson);
  if (!evidence) return <CodePanel title={t("findings.evidence")} text={indentJson(finding.evidenceJson)} />;
  return (
    <section className={`${classes.panel} ${own.evidence}`} aria-labelledby="evidence-title">
      <h2 id="evidence-title">{t("findings.evidence")}</h2>
      {groupsOf(evidence, t).map(({ title, facts }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two records may bear one name, and the list never moves.
        <div key={`${title} ${i}`}>
          {title && <h3>{title}</h3>}
          <FactList facts={facts} />
        </div>
      ))}
    </section>
  );
}

function groupsOf(evidence: Evidence, t: TFunction): Group[] {
  const said = (name: "vin" | "plate" | "imei" | "inn" | "ogrn", value: string): Fact => ({
    label: t(`findings.attribute.${name}`),
    value: value || t("findings.notSaid"),
    mono: value !== "",
  });
  const bare = (facts: Fact[]): Group[] => [{ title: "", facts }];
  switch (evidence.rule) {
    case "inn_ogrn_conflict":
    case "inn_ogrn_of_predecessor":
    case "duplicate_inn":
      return [
        { title: t("findings.inSource"), facts: [said("inn", evidence.inn), said("ogrn", evidence.ogrn)] },
        {
          title: t("findings.inFocus"),
          facts: [
            { label: t("findings.attribute.name"), value: shortPartyName(evidence.focusName) },
            said("inn", evidence.focusInn),
            said("ogrn", evidence.focusOgrn),
          ],
        },
      ];
    case "vin_invalid":
      return bare([said("vin", evidence.vin)]);
    case "vin_unexpected":
      return bare([
        said("vin", evidence.vin),
        { label: t("findings.attribute.nomenclature"), value: evidence.nomenclature },
        { label: t("findings.attribute.nomenclatureId"), value: <EntityLink id={evidence.nomenclatureId} /> },
      ]);
    case "vin_duplicate":
      return [
        ...bare([said("vin", evidence.vin)]),
        ...evidence.leases.map(({ assetId, contractId }, i) => ({
          title: t("findings.lease", { number: i + 1 }),
          facts: [
            { label: t("integration.entityKind.asset"), value: <EntityLink id={assetId} /> },
            { label: t("integration.entityKind.contract"), value: <EntityLink id={contractId} /> },
          ],
        })),
      ];
    case "source_conflict":
      return [
        ...bare([said(evidence.number.kind, evidence.number.value)]),
        ...evidence.records.map((record) => recordGroup(record, t)),
      ];
    case "tracker_missing":
      return bare([
        said("vin", evidence.vin),
        said("plate", evidence.plate),
        { label: t("findings.attribute.expectedFrom"), value: formatDay(evidence.expectedFrom) },
        {
          label: t("findings.attribute.lastSittingEndedAt"),
          value: evidence.lastSittingEndedAt
            ? `${formatDateTime(evidence.lastSittingEndedAt)} ${t("common.zone")}`
            : t("findings.never"),
        },
      ]);
    case "device_unmatched":
      return bare([
        said("vin", evidence.vin),
        said("plate", evidence.plate),
        said("imei", evidence.imei),
        {
          label: t("findings.attribute.matching"),
          value: t(evidence.fitsSeveral ? "findings.severalAssets" : "findings.noAsset"),
        },
      ]);
    default:
      return evidence satisfies never;
  }
}

function recordGroup({ id, source, externalId, said }: SourceRecord, t: TFunction): Group {
  const attributes = (["name", "plate", "nomenclature", "ogrn", "kpp"] as const).map((attribute) => ({
    label: t(`findings.attribute.${attribute}`),
    value: said[attribute],
  }));
  const ids: Fact[] = [
    { label: t("findings.attribute.externalId"), value: externalId, mono: true },
    { label: t("integration.fields.entity"), value: id && <EntityLink id={id} /> },
  ];
  return { title: source, facts: [...attributes, ...ids] };
}
