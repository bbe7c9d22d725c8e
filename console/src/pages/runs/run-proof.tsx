import { useQuery } from "@connectrpc/connect-query";
import { type Run, RunService } from "@dozor/proto/monitoring/v1/run";
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ErrorPanel } from "../../parts/error-panel.tsx";
import { hasEnded } from "./run-numbers.ts";
import classes from "./runs-page.module.css";

/** The hash over all verdicts, and a recount of it on request by whichever instance answers. */
export function RunProof({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { data, error, isFetching, refetch } = useQuery(
    RunService.method.getRunProof,
    { runId: run.runId },
    { enabled: false, gcTime: 0 },
  );
  return (
    <div className={classes.proof}>
      <div>
        <h3>{t("runs.proof.title")}</h3>
        <span className="muted">{hasEnded(run) ? t("runs.proof.text") : t("runs.proof.open")}</span>
        {run.proof !== "" && <code className={classes.hash}>{run.proof}</code>}
      </div>
      {data && <strong data-equal={data.equal}>{t(data.equal ? "runs.proof.equal" : "runs.proof.different")}</strong>}
      {hasEnded(run) && run.proof !== "" && (
        <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
          {isFetching ? t("runs.proof.checking") : t("runs.proof.check")}
        </Button>
      )}
      {error && <ErrorPanel error={error} />}
    </div>
  );
}
