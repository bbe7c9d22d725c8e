import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { keepsIntegration } from "../../app/integration-keepers.ts";
import { useSession } from "../../app/use-session.ts";
import { StatePanel } from "../../parts/state-panel.tsx";
import classes from "./integration.module.css";

const tabs = {
  messages: "/integration",
  deadLetters: "/integration/dead-letters",
  findings: "/integration/findings",
  reconciliations: "/integration/reconciliations",
  trace: "/integration/trace",
} as const;

export type IntegrationTab = keyof typeof tabs;

type Props = {
  tab: IntegrationTab;
  /** Beside the heading. */
  aside?: ReactNode;
  children: ReactNode;
};

/** Heading and tabs of the integration's pages. Who may not see the exchange is told so, and nothing is asked for them. */
export function IntegrationFrame({ tab, aside, children }: Props) {
  const { t } = useTranslation();
  return (
    <KeepersOnly>
      <div className={classes.head}>
        <h1>{t("integration.title")}</h1>
        {aside}
      </div>
      <nav className={classes.tabs} aria-label={t("integration.tabs.label")}>
        {Object.entries(tabs).map(([name, to]) => (
          <Link
            key={name}
            to={to}
            // The first address begins all the others.
            activeOptions={{ exact: true, includeSearch: false }}
            aria-current={name === tab ? "page" : undefined}
          >
            {t(`integration.tabs.${name as keyof typeof tabs}`)}
          </Link>
        ))}
      </nav>
      {children}
    </KeepersOnly>
  );
}

export function KeepersOnly({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const session = useSession();
  if (keepsIntegration(session)) return <>{children}</>;
  return (
    <StatePanel title={t("integration.forbidden.title")} text={t("integration.forbidden.text")}>
      <Link to="/tasks">{t("common.error.toTasks")}</Link>
    </StatePanel>
  );
}
