import type { AssetSnapshot } from "@dozor/proto/registry/v1/events";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { keepsIntegration } from "../../app/integration-keepers.ts";
import { useSession } from "../../app/use-session.ts";
import { formatDay } from "../../lib/company-time.ts";
import { assetKindKeys, contractStatusKeys } from "../../lib/enum-keys.ts";
import { useWords } from "../../lib/use-words.ts";
import { shortPartyName } from "../../lib/words/party-name.ts";
import { placeWords } from "../../lib/words/place-words.ts";
import { type Fact, FactList } from "../../parts/fact-list.tsx";
import classes from "./task-page.module.css";

/** The asset, its contract and its parties, as registry knows them today. */
export function AssetCard({ asset }: { asset: AssetSnapshot | undefined }) {
  const { t } = useTranslation();
  const words = useWords();
  const session = useSession();
  if (!asset) return null;
  const { contract, lessee, lessor, nomenclature } = asset;
  const kind = nomenclature && assetKindKeys[nomenclature.kind];
  const status = contract && contractStatusKeys[contract.status];
  const agreed = contract?.agreedLocation;
  const place = placeWords(agreed?.regionCode ?? "", agreed?.address ?? "", words);
  const facts: Fact[] = [
    { label: t("task.asset.kind"), value: kind && t(`common.assetKind.${kind}`) },
    { label: t("task.asset.vin"), value: asset.vin, mono: true },
    { label: t("task.asset.plate"), value: asset.plate, mono: true },
    { label: t("task.asset.serial"), value: asset.serialNumber, mono: true },
    { label: t("task.asset.externalId", { source: asset.source.toUpperCase() }), value: asset.externalId, mono: true },
    { label: t("task.asset.contract"), value: contract?.number },
    { label: t("task.asset.status"), value: status && t(`common.contractStatus.${status}`) },
    { label: t("task.asset.term"), value: contract && term(contract.startDate, contract.endDate) },
    { label: t("task.asset.handover"), value: formatDay(contract?.handoverDate ?? "") },
    { label: t("task.asset.agreed"), value: place },
    {
      label: t("task.asset.overdue"),
      value: (contract?.overdueDays ?? 0) > 0 && t("task.asset.overdueDays", { value: contract?.overdueDays }),
    },
    { label: t("task.asset.debt"), value: debtWords(contract?.debtAmount ?? "", words.language) },
    {
      label: t("task.asset.lessee"),
      value: lessee && (
        <>
          {shortPartyName(lessee.name)}
          <br />
          <Link to="/tasks" search={{ view: "active", lessee: lessee.id }}>
            {t("task.asset.lesseeTasks")}
          </Link>
        </>
      ),
    },
    { label: t("task.evidence.inn"), value: lessee?.inn, mono: true },
    { label: t("task.asset.lessor"), value: lessor && shortPartyName(lessor.name) },
  ];
  return (
    <section className={classes.card} aria-labelledby="asset-title">
      <h2 id="asset-title">{t("task.asset.title")}</h2>
      <FactList facts={facts} />
      {keepsIntegration(session) && (
        <p>
          <Link to="/integration/trace" search={{ entity: asset.assetId }}>
            {t("task.asset.trace")}
          </Link>
        </p>
      )}
    </section>
  );
}

/** Debt comes as a decimal in roubles; none is not worth a line. */
function debtWords(amount: string, language: string): string {
  const roubles = Number(amount);
  if (!(roubles > 0)) return "";
  return new Intl.NumberFormat(language, { style: "currency", currency: "RUB", maximumFractionDigits: 0 }).format(
    roubles,
  );
}

function term(start: string, end: string): string {
  return [start, end].map(formatDay).join(" – ");
}
