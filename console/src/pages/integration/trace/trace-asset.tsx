import type { AssetTrace, ProjectionHop } from "@dozor/proto/monitoring/v1/trace";
import { useTranslation } from "react-i18next";
import { timeWords } from "../../../lib/words/words-context.ts";
import { hashWords } from "./hash-words.ts";
import { TraceRuns } from "./trace-runs.tsx";
import { TraceStep } from "./trace-step.tsx";
import { VersionMark } from "./version-mark.tsx";

/** The snapshot of one asset that the object is part of: what was told, and who has it. */
export function TraceAsset({ asset }: { asset: AssetTrace }) {
  const { t } = useTranslation();
  const { event } = asset;
  return (
    <>
      <TraceStep title={t("integration.trace.steps.event")} state={event?.state}>
        <VersionMark part="snapshot" version={asset.targetVersion} target={asset.targetVersion} />
        <span className="mono muted">{hashWords(asset.targetHash)}</span>
        {event?.publishedAt ? (
          <span>{t("integration.trace.published", { at: timeWords(event.publishedAt, { t }) })}</span>
        ) : (
          // Once it was tidied out of the outbox nobody knows the moment any more.
          <span className="muted">{t("integration.trace.publishedUnknown")}</span>
        )}
        {event?.eventId && <span className="mono muted">{event.eventId}</span>}
      </TraceStep>
      <ProjectionStep part="monitoring" hop={asset.monitoring} asset={asset} />
      <ProjectionStep part="tracking" hop={asset.tracking} asset={asset} />
      <TraceStep title={t("integration.trace.steps.verdicts")} state={undefined}>
        <TraceRuns runs={asset.runs} target={asset.targetVersion} />
      </TraceStep>
    </>
  );
}

type ProjectionProps = { part: "monitoring" | "tracking"; hop: ProjectionHop | undefined; asset: AssetTrace };

function ProjectionStep({ part, hop, asset }: ProjectionProps) {
  const { t } = useTranslation();
  const hash = hashWords(hop?.contentHash ?? new Uint8Array());
  return (
    <TraceStep title={t(`integration.trace.steps.${part}`)} state={hop?.state}>
      <VersionMark part={part} version={hop?.version ?? 0n} target={asset.targetVersion} />
      {hash && (
        <span className="mono muted" data-differs={hash !== hashWords(asset.targetHash)}>
          {hash}
        </span>
      )}
      {hop?.appliedAt && <span>{t("integration.trace.applied", { at: timeWords(hop.appliedAt, { t }) })}</span>}
    </TraceStep>
  );
}
