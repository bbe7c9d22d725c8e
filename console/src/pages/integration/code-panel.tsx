import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./integration.module.css";

/** A text of many lines, to scroll in and to copy. */
export function CodePanel({ title, text, note }: { title: string; text: string; note?: string }) {
  const { t } = useTranslation();
  return (
    <section className={classes.panel} aria-label={title}>
      <div className={classes.panelHead}>
        <h2>{title}</h2>
        {note && <span className="muted">{note}</span>}
        <span className={classes.spring} />
        {text && (
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button variant="subtle" size="compact-xs" onClick={copy}>
                {copied ? t("common.copied") : t("common.copy")}
              </Button>
            )}
          </CopyButton>
        )}
      </div>
      {text ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <pre className={classes.code} tabIndex={0}>
          {text}
        </pre>
      ) : (
        <p className="muted">{t("integration.message.noBody")}</p>
      )}
    </section>
  );
}
