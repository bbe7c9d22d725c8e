import type { TaskViolation } from "@dozor/proto/monitoring/v1/task";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../../lib/use-words.ts";
import { violationWords } from "../../lib/words/violation-words.ts";
import { timeWords } from "../../lib/words/words-context.ts";
import { ErrorBoundary } from "../../parts/error-boundary.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { evidenceFacts } from "./evidence-facts.tsx";
import { concernedZoneIds, evidenceScene, isEmptyScene } from "./evidence-scene.ts";
import classes from "./task-page.module.css";
import { useCondition } from "./use-condition.ts";
import { useZones } from "./use-zones.ts";

const EvidenceMap = lazy(async () => ({ default: (await import("./evidence-map.tsx")).EvidenceMap }));
const zonesMax = 200;
// Each is a call of its own, kept for the session.
const zonesShownMax = 30;

/** What one verdict rests on: a map, and beside it the same facts as a table. Frozen with the verdict, whatever happened since. */
export function EvidencePanel({ violation }: { violation: TaskViolation }) {
  const { t } = useTranslation();
  const words = useWords();
  const evidence = violation.verdict?.evidence;
  const { condition } = useCondition(violation);
  const concerned = concernedZoneIds(condition, evidence?.facts, zonesMax);
  const { zones, missingCount } = useZones(concerned.slice(0, zonesShownMax));
  const zonesKey = zones.map(({ zoneId, version }) => `${zoneId}@${version}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: zones are compared by id and version, not by identity.
  const scene = useMemo(() => evidence && evidenceScene(evidence, condition, zones), [evidence, condition, zonesKey]);
  if (!evidence || !scene) return null;
  const frozen = new Map(evidence.facts?.zones.map(({ zoneId, zoneVersion }) => [zoneId, zoneVersion]));
  const isRedrawn = zones.some(({ zoneId, version }) => (frozen.get(zoneId) ?? version) !== version);
  const sentence = violationWords(violation, condition, words);
  return (
    <div className={classes.evidence}>
      <h3>
        {t("task.evidence.title")}{" "}
        <span className="muted">
          {evidence.asOf && t("task.evidence.asOf", { at: timeWords(evidence.asOf, { t }) })}
        </span>
      </h3>
      <div className={isEmptyScene(scene) ? undefined : classes.mapAndTable}>
        {!isEmptyScene(scene) && (
          <figure aria-label={t("task.evidence.map", { what: sentence })} className={classes.map}>
            <ErrorBoundary fallback={<p>{t("task.evidence.mapFailed")}</p>}>
              <Suspense fallback={<p className="muted">{t("common.loading")}</p>}>
                <EvidenceMap scene={scene} />
              </Suspense>
            </ErrorBoundary>
          </figure>
        )}
        <div>
          <FactList facts={evidenceFacts(evidence, condition, scene, words)} />
          {isRedrawn && <p className={classes.remark}>{t("task.evidence.zoneChanged")}</p>}
          {concerned.length > zonesShownMax && (
            <p className={classes.remark}>
              {t("task.evidence.zonesShown", { shown: zonesShownMax, total: concerned.length })}
            </p>
          )}
          {missingCount > 0 && <p className={classes.remark}>{t("task.evidence.zoneMissing")}</p>}
        </div>
      </div>
    </div>
  );
}
