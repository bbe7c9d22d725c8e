import { type AssetTrace, HopState } from "@dozor/proto/monitoring/v1/trace";
import { VerdictResult } from "@dozor/proto/monitoring/v1/verdict";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import tables from "../../../parts/data-table.module.css";

import { HopMark } from "../state-mark.tsx";
import { TraceStep } from "./trace-step.tsx";
import { VersionMark } from "./version-mark.tsx";

const parts = ["event", "monitoring", "tracking"] as const;

/** The assets that a contract or a party is part of, a line each; the whole way of one stands on its own page. */
export function TraceAssetTable({ assets }: { assets: readonly AssetTrace[] }) {
  const { t } = useTranslation();
  const states = assets.flatMap((asset) => parts.map((part) => asset[part]?.state ?? HopState.UNSPECIFIED));
  const worst = states.find((state) => state !== HopState.EQUAL) ?? HopState.EQUAL;
  return (
    <TraceStep title={t("integration.trace.steps.snapshots", { value: assets.length })} state={worst}>
      <div className={tables.frame}>
        <table className={tables.table}>
          <thead>
            <tr>
              <th scope="col">{t("integration.trace.asset")}</th>
              <th scope="col">{t("integration.trace.steps.snapshot")}</th>
              {parts.map((part) => (
                <th key={part} scope="col">
                  {t(`integration.trace.steps.${part}`)}
                </th>
              ))}
              <th scope="col">{t("integration.trace.violations")}</th>
            </tr>
          </thead>
          <tbody>
            {assets.map((asset) => (
              <AssetRow key={asset.assetId} asset={asset} />
            ))}
          </tbody>
        </table>
      </div>
    </TraceStep>
  );
}

function AssetRow({ asset }: { asset: AssetTrace }) {
  const verdicts = asset.runs[0]?.verdicts ?? [];
  const held = { monitoring: asset.monitoring, tracking: asset.tracking };
  return (
    <tr>
      <td className="mono">
        <Link to="/integration/trace" search={{ entity: asset.assetId }}>
          {asset.externalId || asset.assetId}
        </Link>
      </td>
      <td>
        <VersionMark part="snapshot" version={asset.targetVersion} target={asset.targetVersion} />
      </td>
      <td>
        <HopMark state={asset.event?.state ?? HopState.UNSPECIFIED} />
      </td>
      {(["monitoring", "tracking"] as const).map((part) => (
        <td key={part}>
          <HopMark state={held[part]?.state ?? HopState.UNSPECIFIED} />{" "}
          <VersionMark part={part} version={held[part]?.version ?? 0n} target={asset.targetVersion} />
        </td>
      ))}
      <td className="number">{verdicts.filter(({ result }) => result === VerdictResult.VIOLATED).length}</td>
    </tr>
  );
}
