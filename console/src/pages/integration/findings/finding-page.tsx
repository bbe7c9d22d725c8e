import { useQuery } from "@connectrpc/connect-query";
import { DataQualityService, type Finding, type GetFindingResponse } from "@dozor/proto/integration/v1/data_quality";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import { ConflictNotice } from "../../../parts/conflict-notice.tsx";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import { History } from "../../../parts/history.tsx";
import { LoadingRows } from "../../../parts/loading-rows.tsx";
import { MissingPage } from "../../../parts/missing-page.tsx";
import classes from "../integration.module.css";
import { KeepersOnly } from "../integration-frame.tsx";
import { type JournalService, journalServiceIn } from "../integration-services.ts";
import { OfService } from "../of-service.tsx";
import { FindingStateMark } from "../state-mark.tsx";
import { EntityKindWords } from "./entity-kind-words.tsx";
import { EvidenceFacts } from "./evidence-facts.tsx";
import { FindingActionBar } from "./finding-action-bar.tsx";
import { FindingAge } from "./finding-age.tsx";
import { FindingFacts } from "./finding-facts.tsx";
import { findingHistory } from "./finding-history.ts";
import { findingWords, ruleWords } from "./finding-words.ts";
import own from "./findings.module.css";
import { OwnerWords } from "./owner-words.tsx";
import { useFindingActions } from "./use-finding-actions.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One finding: what the rule says and on what it rests, who looks after it, and what was done. */
export function FindingPage() {
  const { service, findingId } = useParams({ from: "/integration/findings/$service/$findingId" });
  const known = journalServiceIn(service);
  if (!known || !uuid.test(findingId)) return <MissingPage />;
  return (
    <KeepersOnly>
      <OfService service={known}>
        <LoadedFinding key={findingId} id={findingId} service={known} />
      </OfService>
    </KeepersOnly>
  );
}

function LoadedFinding({ id, service }: { id: string; service: JournalService }) {
  const query = useQuery(DataQualityService.method.getFinding, { id }, { staleTime: 0 });
  const reload = () => query.refetch();
  useShortcuts({ back: () => window.history.back(), refresh: () => void reload() });
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void reload()} />;
  if (!query.data?.finding) return <LoadingRows rows={8} height={56} />;
  return <FindingView finding={query.data.finding} found={query.data} service={service} reload={reload} />;
}

type ViewProps = {
  finding: Finding;
  found: GetFindingResponse;
  service: JournalService;
  reload: () => Promise<unknown>;
};

function FindingView({ finding, found, service, reload }: ViewProps) {
  const { t } = useTranslation();
  const actions = useFindingActions(finding, reload);
  const history = findingHistory(found.changes, finding, t);
  const { overtakenAt } = actions;
  return (
    <>
      <div className={classes.crumbs}>
        <Link to="/integration/findings" search={service === "registry" ? {} : { service }}>
          ← {t("findings.back")}
        </Link>
      </div>
      <header className={classes.title}>
        <h1>{ruleWords(finding.rule, t)}</h1>
        <div className={classes.titleFacts}>
          <FindingStateMark state={finding.state} />
          <span>
            <EntityKindWords kind={finding.entityKind} />, {finding.source}
          </span>
          <span>
            {t("findings.columns.owner")}: <OwnerWords owner={finding.owner} />
          </span>
          <span className="muted">
            {t("findings.columns.age")}: <FindingAge finding={finding} />
          </span>
        </div>
      </header>
      <FindingActionBar finding={finding} actions={actions} />
      {overtakenAt !== undefined && (
        <ConflictNotice
          title={t("findings.conflict.title")}
          note={t("findings.conflict.note")}
          events={history.filter((_, i) => (found.changes[i]?.version ?? 0n) > overtakenAt)}
          onDismiss={actions.dismissOvertaken}
        />
      )}
      <div className={classes.columns}>
        <div>
          <section className={classes.panel} aria-labelledby="says-title">
            <h2 id="says-title">{t("findings.saysTitle")}</h2>
            <p className={own.sentence}>{findingWords(finding, t) ?? t("findings.says.unknown")}</p>
          </section>
          <EvidenceFacts finding={finding} />
          <section className={classes.panel} aria-labelledby="history-title">
            <h2 id="history-title">{t("findings.history.title")}</h2>
            <History events={history} />
          </section>
        </div>
        <aside>
          <FindingFacts finding={finding} />
        </aside>
      </div>
    </>
  );
}
