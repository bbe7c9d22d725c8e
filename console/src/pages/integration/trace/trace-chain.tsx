import { Direction, type Message } from "@dozor/proto/integration/v1/queue";
import { HopState, type TraceObjectResponse } from "@dozor/proto/monitoring/v1/trace";
import { QuarantineState } from "@dozor/proto/registry/v1/source";
import { useTranslation } from "react-i18next";
import { timeWords } from "../../../lib/words/words-context.ts";
import { entityKindKeys, hopStateKeys } from "../integration-keys.ts";
import { HopMark } from "../state-mark.tsx";
import { hashWords } from "./hash-words.ts";
import { sentState } from "./sent-state.ts";
import classes from "./trace.module.css";
import { TraceAsset } from "./trace-asset.tsx";
import { TraceAssetTable } from "./trace-asset-table.tsx";
import { TraceJournal } from "./trace-journal.tsx";
import { TraceStep } from "./trace-step.tsx";
import { VersionMark } from "./version-mark.tsx";

// While registry refuses the object nobody behind it can have it: that is what to say.
const refusedSummaries: Partial<Record<HopState, "notAccepted" | "refused">> = {
  [HopState.MISSING]: "notAccepted",
  [HopState.BEHIND]: "refused",
};

/** The way of an object from top to bottom; whatever has not the target version is marked. */
export function TraceChain({ trace }: { trace: TraceObjectResponse }) {
  const { t } = useTranslation();
  const [asset] = trace.assets;
  const journal = trace.entity?.journal ?? [];
  const outbound = ofDirection(journal, Direction.OUTBOUND);
  // The service compares our own parts; what receivers took is told by the journal.
  const sent = sentState(outbound, trace.entity?.version ?? 0n);
  const isOnlyUnsent = trace.state === HopState.EQUAL && sent === HopState.BEHIND;
  const shown = isOnlyUnsent ? HopState.BEHIND : trace.state;
  const state = hopStateKeys[shown];
  const summary = isOnlyUnsent ? "notSent" : (refusedSummaries[trace.entityState] ?? state);
  return (
    <>
      <section className={classes.verdict} data-hop={state} role="status">
        <HopMark state={shown} />
        <strong>{summary && t(`integration.trace.summary.${summary}`)}</strong>
      </section>
      <ol className={classes.chain}>
        <TraceStep title={t("integration.trace.steps.source")} state={undefined}>
          {trace.entity ? (
            <>
              <span>{trace.entity.source}</span>
              <span className="mono">{trace.entity.externalId}</span>
            </>
          ) : (
            <span className="muted">{t("integration.trace.registrySilent")}</span>
          )}
          <span>
            {t("integration.trace.targetSource")}{" "}
            <strong className="mono">{trace.targetSourceVersion || t("integration.trace.noVersion")}</strong>
          </span>
        </TraceStep>
        <TraceStep title={t("integration.trace.steps.journal")} state={undefined}>
          <TraceJournal messages={ofDirection(journal, Direction.INBOUND)} />
        </TraceStep>
        <EntityStep trace={trace} />
        {asset && trace.assets.length === 1 && <TraceAsset asset={asset} />}
        {trace.assets.length > 1 && <TraceAssetTable assets={trace.assets} />}
        {trace.entity && trace.assets.length === 0 && trace.entityState === HopState.EQUAL && (
          <TraceStep title={t("integration.trace.steps.snapshot")} state={undefined}>
            <span className="muted">{t("integration.trace.noAssets")}</span>
          </TraceStep>
        )}
        {outbound.length > 0 && (
          <TraceStep title={t("integration.trace.steps.sent")} state={sent}>
            <TraceJournal messages={outbound} />
          </TraceStep>
        )}
      </ol>
      {trace.moreAssets && <p className="muted">{t("integration.trace.moreAssets")}</p>}
    </>
  );
}

function ofDirection(messages: readonly Message[], direction: Direction): Message[] {
  return messages.filter((message) => message.direction === direction);
}

function EntityStep({ trace }: { trace: TraceObjectResponse }) {
  const { t } = useTranslation();
  const { entity, targetVersion, targetSourceVersion, entityState } = trace;
  const kind = entity && entityKindKeys[entity.kind];
  return (
    <TraceStep title={t("integration.trace.steps.entity")} state={entityState}>
      {entity && entity.version > 0n && (
        <>
          {kind && <span>{t(`integration.entityKind.${kind}`)}</span>}
          <VersionMark part="entity" version={entity.version} target={targetVersion} />
          <span>
            {t("integration.trace.ofSource")}{" "}
            <span className="mono" data-differs={entity.sourceVersion !== targetSourceVersion}>
              {entity.sourceVersion || t("integration.trace.noVersion")}
            </span>
          </span>
          <span className="mono muted">{hashWords(entity.contentHash)}</span>
          {entity.deleted && <strong>{t("integration.trace.deleted")}</strong>}
          {entity.updatedAt && <span className="muted number">{timeWords(entity.updatedAt, { t })}</span>}
          <span className="mono muted">{entity.entityId}</span>
        </>
      )}
      {entity?.version === 0n && <span>{t("integration.trace.notAccepted")}</span>}
      {entity?.quarantineState === QuarantineState.OPEN && (
        <span data-differs="true">
          {t("integration.trace.quarantined", {
            version: entity.quarantinedSourceVersion || t("integration.trace.noVersion"),
          })}
        </span>
      )}
    </TraceStep>
  );
}
