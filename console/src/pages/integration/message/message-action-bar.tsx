import type { Message } from "@dozor/proto/integration/v1/queue";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { VerbButton } from "../../../parts/verb-button.tsx";
import classes from "../integration.module.css";
import { ReasonDialog } from "../reason-dialog.tsx";
import { type PauseKey, type Pauses, pausesOf } from "../use-pauses.ts";
import { lanePauseRefusal, type RefusalKey, retryRefusal } from "./message-refusals.ts";
import type { MessageActions } from "./use-message-actions.ts";

type Props = { message: Message; actions: MessageActions; pauses: Pauses };
type Dialog = "retry" | "skip" | "pauseLane" | "pauseQueue";

/** What an administrator can do with the message, its lane and its queue; a refused verb says why. */
export function MessageActionBar({ message, actions, pauses }: Props) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<Dialog>();
  const { lane, queue } = pausesOf(pauses.pauses, message);
  const laneKey: PauseKey = message;
  const queueKey: PauseKey = { ...message, objectId: "" };
  const words = (refusal: RefusalKey | undefined) => refusal && t(`integration.refusal.${refusal}`);
  const refusal = words(retryRefusal(message));
  const done = () => setDialog(undefined);
  const asked = {
    retry: { busy: actions.busy, optional: true, onSubmit: actions.retry },
    skip: { busy: actions.busy, optional: false, onSubmit: actions.skip },
    pauseLane: { busy: pauses.busy, optional: false, onSubmit: (reason: string) => pauses.pause(laneKey, reason) },
    pauseQueue: { busy: pauses.busy, optional: false, onSubmit: (reason: string) => pauses.pause(queueKey, reason) },
  };
  const verb = (name: Dialog, why: string | undefined, primary = false) => (
    <VerbButton
      label={t(`integration.actions.${name}`)}
      refusal={why}
      primary={primary && why === undefined}
      busy={false}
      onClick={() => setDialog(name)}
    />
  );
  return (
    <div className={classes.actions} role="toolbar" aria-label={t("integration.actions.label")}>
      {verb("retry", refusal, true)}
      {verb("skip", refusal)}
      {lane ? (
        <VerbButton
          label={t("integration.actions.resumeLane")}
          refusal={undefined}
          primary={false}
          busy={pauses.busy}
          onClick={() => void pauses.resume(laneKey)}
        />
      ) : (
        verb("pauseLane", words(lanePauseRefusal(message)))
      )}
      {queue ? (
        <VerbButton
          label={t("integration.actions.resumeQueue")}
          refusal={undefined}
          primary={false}
          busy={pauses.busy}
          onClick={() => void pauses.resume(queueKey)}
        />
      ) : (
        verb("pauseQueue", undefined)
      )}
      {dialog && (
        <ReasonDialog
          opened
          title={t(`integration.dialog.${dialog}.title`)}
          note={t(`integration.dialog.${dialog}.note`, { source: message.source })}
          submit={t(`integration.dialog.${dialog}.submit`)}
          onClose={done}
          {...asked[dialog]}
        />
      )}
    </div>
  );
}
