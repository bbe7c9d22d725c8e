import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../lib/use-shortcuts.ts";
import { ShortcutHelp } from "../parts/shortcut-help.tsx";
import { keepsIntegration } from "./integration-keepers.ts";
import { PersonMenu } from "./person-menu.tsx";
import classes from "./shell.module.css";
import { useSession } from "./use-session.ts";

/** The frame of every page: sections on the left, the person on the right, one main region below. */
export function Shell() {
  const { t } = useTranslation();
  const session = useSession();
  const [helpOpen, setHelpOpen] = useState(false);
  const navigating = useRouterState({ select: ({ status }) => status === "pending" });
  useShortcuts({ help: () => setHelpOpen(true) });
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t("common.skipToContent")}
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.brand}>
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <path
              d="M3 16c3.300-5.700 7.900-8.500 13-8.500S25.700 10.300 29 16c-3.300 5.700-7.900 8.500-13 8.500S6.300 21.700 3 16z"
              fill="none"
              stroke="currentColor"
              strokeWidth="2.400"
            />
            <circle cx="16" cy="16" r="4.200" fill="#7fd0c3" />
          </svg>
          {t("common.appName")}
        </Link>
        {session && (
          <nav className={classes.nav} aria-label={t("common.navLabel")}>
            <Link to="/tasks" activeOptions={{ exact: false, includeSearch: false }}>
              {t("common.nav.tasks")}
            </Link>
            <Link to="/report" activeOptions={{ exact: false, includeSearch: false }}>
              {t("common.nav.report")}
            </Link>
            <Link to="/runs" activeOptions={{ exact: false, includeSearch: false }}>
              {t("common.nav.runs")}
            </Link>
            {keepsIntegration(session) && (
              <Link to="/integration" activeOptions={{ exact: false, includeSearch: false }}>
                {t("common.nav.integration")}
              </Link>
            )}
          </nav>
        )}
        <PersonMenu person={session?.person} onHelp={() => setHelpOpen(true)} />
        {navigating && <div className={classes.progress} aria-hidden="true" />}
      </header>
      <main id="content" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <ShortcutHelp opened={helpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}
