import { type Finding, FindingResolution, FindingState } from "@dozor/proto/integration/v1/data_quality";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../../app/use-session.ts";
import { DecisionDialog } from "../../../parts/decision-dialog.tsx";
import { VerbButton } from "../../../parts/verb-button.tsx";
import classes from "../integration.module.css";
import { ReasonDialog } from "../reason-dialog.tsx";
import { AssignFindingDialog } from "./assign-finding-dialog.tsx";
import { type FindingVerb, findingRefusal } from "./finding-refusals.ts";
import type { FindingActions } from "./use-finding-actions.ts";

const resolutions = {
  corrected: FindingResolution.CORRECTED_AT_SOURCE,
  accepted: FindingResolution.ACCEPTED,
  notAProblem: FindingResolution.NOT_A_PROBLEM,
} as const;
const resolutionNames = ["corrected", "accepted", "notAProblem"] as const;
const nobody = { subject: "", roles: [] };

/** What can be done with the finding; a refused verb says why. */
export function FindingActionBar({ finding, actions }: { finding: Finding; actions: FindingActions }) {
  const { t } = useTranslation();
  const person = useSession()?.person ?? nobody;
  const [dialog, setDialog] = useState<"assign" | "settle" | "reopen">();
  const close = () => setDialog(undefined);
  const isSettled = finding.state === FindingState.SETTLED;
  const begin: Record<FindingVerb, () => void> = {
    take: () => void actions.assign(person.subject),
    release: () => void actions.assign(""),
    assign: () => setDialog("assign"),
    settle: () => setDialog("settle"),
    reopen: () => setDialog("reopen"),
  };
  const verbs = ["take", isSettled ? "reopen" : "settle", "assign", "release"] as const;
  const primary = finding.owner === "" ? verbs[0] : verbs[1];
  const dialogProps = { opened: true, busy: actions.busy, onClose: close };
  return (
    <div className={classes.actions} role="toolbar" aria-label={t("integration.actions.label")}>
      {verbs.map((verb) => {
        const refusal = findingRefusal(verb, finding, person);
        return (
          <VerbButton
            key={verb}
            label={t(`findings.verb.${verb}`)}
            refusal={refusal && t(`findings.refusal.${refusal}`)}
            primary={verb === primary && refusal === undefined}
            busy={actions.busy && dialog === undefined}
            onClick={begin[verb]}
          />
        );
      })}
      {dialog === "assign" && <AssignFindingDialog {...dialogProps} onSubmit={actions.assign} />}
      {dialog === "settle" && (
        <DecisionDialog
          {...dialogProps}
          title={t("findings.settleDialog.title")}
          submit={t("findings.settleDialog.submit")}
          choiceLabel={t("findings.fields.resolution")}
          choices={resolutionNames.map((value) => ({
            value,
            label: t(`findings.resolution.${value}`),
            description: t(`findings.resolutionHint.${value}`),
          }))}
          reasonLabel={t("integration.reason")}
          reasonLengthMax={2000}
          onSubmit={(resolution, reason) => actions.settle(resolutions[resolution], reason)}
        />
      )}
      {dialog === "reopen" && (
        <ReasonDialog
          {...dialogProps}
          title={t("findings.reopenDialog.title")}
          note={t("findings.reopenDialog.note")}
          submit={t("findings.reopenDialog.submit")}
          onSubmit={actions.reopen}
        />
      )}
    </div>
  );
}
