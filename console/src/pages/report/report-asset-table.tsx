import type { ReportAsset } from "@dozor/proto/monitoring/v1/report";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { shortPartyName } from "../../lib/words/party-name.ts";
import classes from "./report-page.module.css";
import { watchReasonName } from "./row-name.ts";

const columns = ["asset", "vin", "plate", "contract", "lessee", "watch", "task"] as const;

export function ReportAssetTable({ assets }: { assets: readonly ReportAsset[] }) {
  const { t } = useTranslation();
  return (
    <div className={classes.frame}>
      <table className={`${classes.table} ${classes.assets}`}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`report.assets.columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {assets.map((asset) => {
            const name = asset.description || asset.externalId;
            return (
              <tr key={asset.assetId}>
                <th scope="row">{name}</th>
                <td className="mono">{asset.vin}</td>
                <td className="mono nowrap">{asset.plate}</td>
                <td>{asset.contractNumber}</td>
                <td>{shortPartyName(asset.lesseeName)}</td>
                <td>{watchReasonName(asset.watchReason, { t })}</td>
                <td>
                  {asset.taskId === "" ? (
                    <span className="muted">{t("common.dash")}</span>
                  ) : (
                    <Link
                      to="/tasks/$taskId"
                      params={{ taskId: asset.taskId }}
                      aria-label={t("report.assets.openTaskOf", { name })}
                    >
                      {t("report.assets.openTask")}
                    </Link>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
