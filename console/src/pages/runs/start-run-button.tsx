import { useMutation } from "@connectrpc/connect-query";
import { RunService } from "@dozor/proto/monitoring/v1/run";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/use-session.ts";
import { formatDay } from "../../lib/company-time.ts";
import { errorKey } from "../../lib/words/error-words.ts";
import { useNotify } from "../../parts/notices.tsx";
import { VerbButton } from "../../parts/verb-button.tsx";

/** Opens the run of today. For others than operators it is disabled and says so; the service refuses them anyway. */
export function StartRunButton() {
  const { t } = useTranslation();
  const session = useSession();
  const notify = useNotify();
  const startRun = useMutation(RunService.method.startRun);
  const allowed = session?.person.roles.includes("operator") ?? false;
  const start = () => {
    startRun.mutate(
      { businessDate: "" },
      {
        onSuccess: ({ run, created }) =>
          notify("done", t(created ? "runs.started" : "runs.existed", { date: formatDay(run?.businessDate ?? "") })),
        onError: (error) => notify("failed", `${t("runs.startFailed")}. ${t(`common.error.${errorKey(error)}`)}`),
      },
    );
  };
  return (
    <VerbButton
      label={t("runs.start")}
      refusal={allowed ? undefined : t("runs.startDenied")}
      primary={allowed}
      busy={startRun.isPending}
      onClick={start}
    />
  );
}
