import { Code, ConnectError } from "@connectrpc/connect";
import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { errorKey } from "../lib/words/error-words.ts";
import classes from "./state-panel.module.css";

/** A read that failed: what happened in words, the code and the service's own sentence for support, and a way to try again. */
export function ErrorPanel({ error, onRetry, title }: { error: Error; onRetry?: () => void; title?: string }) {
  const { t } = useTranslation();
  const { code, rawMessage } = ConnectError.from(error);
  const detail = t("common.error.detail", { code: Code[code] ?? code, message: rawMessage });
  return (
    <section className={classes.error} role="alert">
      <div>
        <h2>{title ?? t("common.error.title")}</h2>
        <p>{t(`common.error.${errorKey(error)}`)}</p>
        <p className={classes.detail}>{detail}</p>
      </div>
      <CopyButton value={detail}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? t("common.copied") : t("common.copy")}
          </Button>
        )}
      </CopyButton>
      {onRetry && <Button onClick={onRetry}>{t("common.retry")}</Button>}
    </section>
  );
}
