import { Severity } from "@dozor/proto/monitoring/v1/indicator";
import { useTranslation } from "react-i18next";
import { severityKeys } from "../lib/enum-keys.ts";
import classes from "./marks.module.css";

/** Severity by word, by colour and by the number of bars, so that none of them is needed alone. */
export function SeverityMark({ severity, compact = false }: { severity: Severity; compact?: boolean }) {
  const { t } = useTranslation();
  const key = severityKeys[severity];
  if (!key) return null;
  return (
    <span className={classes.severity} data-severity={key}>
      <svg viewBox="0 0 14 12" width="14" height="12" aria-hidden="true">
        {[Severity.LOW, Severity.MEDIUM, Severity.HIGH].map((each, i) => (
          <rect
            key={each}
            x={i * 5}
            y={8 - i * 4}
            width="3.500"
            height={4 + i * 4}
            rx="1"
            opacity={each <= severity ? 1 : 0.22}
          />
        ))}
      </svg>
      <span className={compact ? classes.hidden : undefined}>{t(`common.severity.${key}`)}</span>
    </span>
  );
}
