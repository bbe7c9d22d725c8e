import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Finding } from "@dozor/proto/integration/v1/data_quality";
import { useTranslation } from "react-i18next";
import { timeWords } from "../../../lib/words/words-context.ts";
import { type Fact, FactList } from "../../../parts/fact-list.tsx";
import classes from "../integration.module.css";
import { resolutionKeys } from "../integration-keys.ts";
import { EntityKindWords } from "./entity-kind-words.tsx";
import { EntityLink } from "./entity-link.tsx";
import { OwnerWords } from "./owner-words.tsx";

// What registry knows by the very id, so that it can be traced. A device it does not.
const traced = ["asset", "counterparty"];

export function FindingFacts({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const at = (instant: Timestamp | undefined) => instant && timeWords(instant, { t });
  const { entityKind, entityId } = finding;
  const resolution = resolutionKeys[finding.resolution];
  const facts: Fact[] = [
    { label: t("findings.columns.entity"), value: <EntityKindWords kind={entityKind} /> },
    {
      label: t("findings.fields.entityId"),
      value: traced.includes(entityKind) ? <EntityLink id={entityId} /> : entityId,
      mono: true,
    },
    { label: t("findings.columns.source"), value: finding.source },
    { label: t("findings.columns.owner"), value: <OwnerWords owner={finding.owner} /> },
    { label: t("findings.fields.foundAt"), value: at(finding.foundAt) },
    { label: t("findings.fields.goneAt"), value: at(finding.goneAt) },
    { label: t("findings.fields.resolution"), value: resolution && t(`findings.resolution.${resolution}`) },
    { label: t("findings.fields.reason"), value: finding.reason },
    { label: t("findings.fields.settledBy"), value: finding.settledBy },
    { label: t("findings.fields.settledAt"), value: at(finding.settledAt) },
    { label: t("findings.fields.rule"), value: finding.rule, mono: true },
    { label: t("findings.fields.id"), value: finding.id, mono: true },
  ];
  return (
    <section className={classes.panel} aria-labelledby="fields-title">
      <h2 id="fields-title">{t("integration.fields.title")}</h2>
      <FactList facts={facts} />
    </section>
  );
}
