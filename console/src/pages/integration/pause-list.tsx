import type { Pause } from "@dozor/proto/integration/v1/queue";
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { TimeAgo } from "../../parts/time-ago.tsx";
import { DirectionWords } from "./direction-words.tsx";
import classes from "./integration.module.css";
import type { Pauses } from "./use-pauses.ts";

/** What is held up, by whom, since when and why, each with the way to end it. */
export function PauseList({ shown, pauses }: { shown: readonly Pause[]; pauses: Pauses }) {
  const { t } = useTranslation();
  if (shown.length === 0) return null;
  return (
    <section className={classes.pauses} aria-label={t("integration.pauses.title")}>
      {shown.map((pause) => (
        <div key={`${pause.source} ${pause.direction} ${pause.objectId}`} className={classes.pause}>
          <strong>{t(pause.objectId === "" ? "integration.pauses.queue" : "integration.pauses.lane")}</strong>
          <span>
            {pause.source}, <DirectionWords direction={pause.direction} />
          </span>
          {pause.objectId && <span className="mono">{pause.objectId}</span>}
          <span className={classes.spring}>
            {pause.pausedBy}, <TimeAgo at={pause.pausedAt} />: {pause.reason}
          </span>
          <Button size="compact-xs" variant="default" loading={pauses.busy} onClick={() => void pauses.resume(pause)}>
            {t("integration.actions.resume")}
          </Button>
        </div>
      ))}
    </section>
  );
}
