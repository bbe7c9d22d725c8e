import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import { ErrorPanel } from "../../../parts/error-panel.tsx";
import { LoadingRows } from "../../../parts/loading-rows.tsx";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import type { QueueSearch } from "./queue-search.ts";
import { RetryProgressView } from "./retry-progress-view.tsx";
import { useRetryMatching } from "./use-retry-matching.ts";

type Props = { search: QueueSearch; service: JournalService; onClose: () => void };

/** Tries again everything that failed under the filters: says how many first, asks why, then tells what became of each. */
export function RetryMatchingDialog({ search, service, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const { progress, count, retry, leave } = useRetryMatching(search);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [asked, setAsked] = useState<number>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens; the filters cannot change under it.
  useEffect(() => void count(), []);
  const { phase, matched } = progress;
  const begin = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (reason.trim() === "" || phase !== "counted" || matched === 0) return;
    setAsked(matched);
    void retry(reason.trim(), matched);
  };
  const close = () => {
    leave();
    onClose();
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={close}
      title={t("integration.retryAll.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {asked === undefined ? (
        <form noValidate onSubmit={begin}>
          <Stack gap="sm">
            {phase === "counting" && <LoadingRows rows={1} />}
            {phase === "broken" && progress.error && <ErrorPanel error={progress.error} onRetry={() => void count()} />}
            {phase === "counted" && (
              <p className={classes.plain}>
                <strong>
                  {t("integration.retryAll.matched", { count: matched, value: formatCount(matched, i18n.language) })}
                </strong>{" "}
                {matched > 0 && t("integration.retryAll.note")}
              </p>
            )}
            <Textarea
              data-autofocus
              required
              label={t("integration.reason")}
              placeholder={t("integration.retryAll.reasonHint")}
              value={reason}
              maxLength={2000}
              autosize
              minRows={2}
              error={tried && reason.trim() === "" && t("common.required")}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                {t("common.cancel")}
              </Button>
              <Button type="submit" disabled={phase !== "counted" || matched === 0}>
                {t("integration.retryAll.submit", { value: formatCount(matched, i18n.language) })}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <RetryProgressView
          progress={progress}
          asked={asked}
          service={service}
          onGoOn={() => void retry(reason.trim(), asked)}
          onClose={close}
        />
      )}
    </Modal>
  );
}
