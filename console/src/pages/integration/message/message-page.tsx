import type { GetMessageResponse, Message } from "@dozor/proto/integration/v1/queue";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import type { WatchState } from "../../../lib/use-watch.ts";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import { LiveMark } from "../../../parts/live-mark.tsx";
import { LoadingRows } from "../../../parts/loading-rows.tsx";
import { MissingPage } from "../../../parts/missing-page.tsx";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { CodePanel } from "../code-panel.tsx";
import { DirectionWords } from "../direction-words.tsx";
import classes from "../integration.module.css";
import { KeepersOnly } from "../integration-frame.tsx";
import { type JournalService, journalServiceIn } from "../integration-services.ts";
import { OfService } from "../of-service.tsx";
import { PauseList } from "../pause-list.tsx";
import { readableBody } from "../readable-body.ts";
import { MessageStateMark } from "../state-mark.tsx";
import { pausesOf, usePauses } from "../use-pauses.ts";
import { AttemptList } from "./attempt-list.tsx";
import { LaneWaiting } from "./lane-waiting.tsx";
import { MessageActionBar } from "./message-action-bar.tsx";
import { MessageFacts } from "./message-facts.tsx";
import { traceSearchOf } from "./trace-search-of.ts";
import { useMessage } from "./use-message.ts";
import { useMessageActions } from "./use-message-actions.ts";

/** One message: what it says, every attempt and what was wrong, who waits for it, and what can be done. */
export function MessagePage() {
  const { service, recordId } = useParams({ from: "/integration/$service/$recordId" });
  const known = journalServiceIn(service);
  if (!known) return <MissingPage />;
  return (
    <KeepersOnly>
      <OfService service={known}>
        <LoadedMessage key={recordId} recordId={recordId} service={known} />
      </OfService>
    </KeepersOnly>
  );
}

function LoadedMessage({ recordId, service }: { recordId: string; service: JournalService }) {
  const { query, watch, reload } = useMessage(recordId);
  useShortcuts({ back: () => window.history.back(), refresh: () => void reload() });
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data?.message) return <LoadingRows rows={8} height={56} />;
  return (
    <MessageView message={query.data.message} found={query.data} service={service} watch={watch} reload={reload} />
  );
}

type ViewProps = {
  message: Message;
  found: GetMessageResponse;
  service: JournalService;
  watch: WatchState;
  reload: () => Promise<unknown>;
};

function MessageView({ message, found, service, watch, reload }: ViewProps) {
  const { t } = useTranslation();
  const actions = useMessageActions(message, reload);
  const pauses = usePauses();
  const { lane, queue } = pausesOf(pauses.pauses, message);
  const body = readableBody(found.bodyJson);
  const trace = traceSearchOf(message, service);
  return (
    <>
      <div className={classes.crumbs}>
        <Link to="/integration" search={service === "registry" ? {} : { service }}>
          ← {t("integration.message.back")}
        </Link>
        <span className={classes.spring} />
        {message.objectId !== "" && <LiveMark state={watch} />}
      </div>
      <header className={classes.title}>
        <h1>
          {t("integration.message.title", { number: String(message.counter) })}
          <span className="muted"> {message.requestType}</span>
        </h1>
        <div className={classes.titleFacts}>
          <MessageStateMark message={message} />
          <span>
            {message.source}, <DirectionWords direction={message.direction} />
          </span>
          {message.objectId && <span className="mono">{message.objectId}</span>}
          <span className="muted">
            <TimeAgo at={message.dateTime} />
          </span>
          {trace && (
            <Link to="/integration/trace" search={trace}>
              {t("integration.message.trace")}
            </Link>
          )}
        </div>
      </header>
      <MessageActionBar message={message} actions={actions} pauses={pauses} />
      <PauseList shown={[queue, lane].filter((each) => each !== undefined)} pauses={pauses} />
      <div className={classes.columns}>
        <div>
          {message.description && (
            <section className={classes.panel} aria-labelledby="why-title">
              <h2 id="why-title">{t("integration.message.why")}</h2>
              <pre className={classes.error}>{message.description}</pre>
            </section>
          )}
          <section className={classes.panel} aria-labelledby="attempts-title">
            <h2 id="attempts-title">{t("integration.attempts.title")}</h2>
            <AttemptList attempts={found.attempts} direction={message.direction} />
          </section>
          <CodePanel
            title={t("integration.message.body")}
            note={t(body.isWhole ? "integration.message.masked" : "integration.message.cut")}
            text={body.text}
          />
        </div>
        <aside>
          <MessageFacts message={message} service={service} />
          <LaneWaiting message={message} waitingBehind={found.waitingBehind} service={service} />
        </aside>
      </div>
    </>
  );
}
