import { type DeadLetter, DeadLetterState } from "@dozor/proto/integration/v1/dead_letter";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { VerbButton } from "../../../parts/verb-button.tsx";
import classes from "../integration.module.css";
import { ReasonDialog } from "../reason-dialog.tsx";
import type { LetterActions } from "./use-letter-actions.ts";

/** Hand it to its consumer once more, or give it up for good. Both only while it is open. */
export function LetterActionBar({ letter, actions }: { letter: DeadLetter; actions: LetterActions }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<"redrive" | "discard">();
  const isOpen = letter.state === DeadLetterState.OPEN;
  const refusal = isOpen ? undefined : t("integration.letters.refusal.notOpen");
  return (
    <div className={classes.actions} role="toolbar" aria-label={t("integration.actions.label")}>
      {(["redrive", "discard"] as const).map((name) => (
        <VerbButton
          key={name}
          label={`${t(`integration.letters.${name}`)}…`}
          refusal={refusal}
          primary={isOpen && name === "redrive"}
          busy={false}
          onClick={() => setDialog(name)}
        />
      ))}
      {dialog && (
        <ReasonDialog
          opened
          optional={dialog === "redrive"}
          title={t(`integration.letters.${dialog}`)}
          note={t(`integration.letters.${dialog}Note`)}
          submit={t(`integration.letters.${dialog}`)}
          busy={actions.busy}
          onClose={() => setDialog(undefined)}
          onSubmit={(reason) => actions[dialog]([letter.id], reason)}
        />
      )}
    </div>
  );
}
