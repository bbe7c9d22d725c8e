import { createConnectQueryKey, useQuery, useTransport } from "@connectrpc/connect-query";
import {
  type DeadLetter,
  DeadLetterService,
  type GetDeadLetterResponse,
} from "@dozor/proto/integration/v1/dead_letter";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import { LoadingRows } from "../../../parts/loading-rows.tsx";
import { MissingPage } from "../../../parts/missing-page.tsx";
import { TimeAgo } from "../../../parts/time-ago.tsx";
import { CodePanel } from "../code-panel.tsx";
import { indentJson } from "../indent-json.ts";
import classes from "../integration.module.css";
import { KeepersOnly } from "../integration-frame.tsx";
import { type LetterService, letterServiceIn } from "../integration-services.ts";
import { OfService } from "../of-service.tsx";
import { LetterStateMark } from "../state-mark.tsx";
import { LetterActionBar } from "./letter-action-bar.tsx";
import { LetterFacts } from "./letter-facts.tsx";
import { useLetterActions } from "./use-letter-actions.ts";

/** One dead letter: why it died, what it says, and what can be done. */
export function DeadLetterPage() {
  const { service, letterId } = useParams({ from: "/integration/dead-letters/$service/$letterId" });
  const known = letterServiceIn(service);
  if (!known || !/^[1-9]\d{0,17}$/.test(letterId)) return <MissingPage />;
  return (
    <KeepersOnly>
      <OfService service={known}>
        <LoadedLetter id={BigInt(letterId)} service={known} />
      </OfService>
    </KeepersOnly>
  );
}

function LoadedLetter({ id, service }: { id: bigint; service: LetterService }) {
  const transport = useTransport();
  const client = useQueryClient();
  const schema = DeadLetterService.method.getDeadLetter;
  const query = useQuery(schema, { id }, { staleTime: 0 });
  const queryKey = createConnectQueryKey({ schema, input: { id }, transport, cardinality: "finite" });
  const reload = () => client.invalidateQueries({ queryKey });
  useShortcuts({ back: () => window.history.back(), refresh: () => void reload() });
  if (query.error) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data?.deadLetter) return <LoadingRows rows={8} height={56} />;
  return <LetterView letter={query.data.deadLetter} found={query.data} service={service} reload={reload} />;
}

type ViewProps = {
  letter: DeadLetter;
  found: GetDeadLetterResponse;
  service: LetterService;
  reload: () => Promise<unknown>;
};

function LetterView({ letter, found, service, reload }: ViewProps) {
  const { t } = useTranslation();
  const actions = useLetterActions(reload);
  return (
    <>
      <div className={classes.crumbs}>
        <Link to="/integration/dead-letters" search={service === "registry" ? {} : { service }}>
          ← {t("integration.letters.back")}
        </Link>
      </div>
      <header className={classes.title}>
        <h1>
          {t("integration.letters.title", { number: String(letter.id) })}
          <span className="muted"> {letter.consumer}</span>
        </h1>
        <div className={classes.titleFacts}>
          <LetterStateMark state={letter.state} />
          <span>{t(`integration.service.${service}`)}</span>
          <span className="muted">
            <TimeAgo at={letter.createdAt} />
          </span>
        </div>
      </header>
      <LetterActionBar letter={letter} actions={actions} />
      <div className={classes.columns}>
        <div>
          <section className={classes.panel} aria-labelledby="cause-title">
            <h2 id="cause-title">{t("integration.letters.cause")}</h2>
            <pre className={classes.error}>{letter.cause}</pre>
          </section>
          <CodePanel
            title={t("integration.letters.payload")}
            note={
              found.payloadJson ? letter.schema : t("integration.letters.undecoded", { value: found.payload.length })
            }
            text={indentJson(found.payloadJson) || hexOf(found.payload)}
          />
        </div>
        <aside>
          <LetterFacts letter={letter} headers={found.headers} />
        </aside>
      </div>
    </>
  );
}

const hexShownMaxBytes = 4_096;

/** What cannot be decoded is shown byte by byte, sixteen a line. */
function hexOf(payload: Uint8Array): string {
  const bytes = [...payload.slice(0, hexShownMaxBytes)].map((byte) => byte.toString(16).padStart(2, "0"));
  return bytes.join(" ").replaceAll(/((?:\S\S ){15}\S\S) /g, "$1\n");
}
