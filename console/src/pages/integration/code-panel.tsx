import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./integration.module.css";
import { prettyJson } from "./pretty-json.ts";

/** A body as readable JSON, to scroll in and to copy. */
export function CodePanel({ title, text, note }: { title: string; text: string; note?: string }) {
  const { t } = useTranslation();
  const shown = prettyJson(text);
  return (
    <section className={classes.panel} aria-label={title}>
      <div className={classes.panelHead}>
        <h2>{title}</h2>
        {note && <span className="muted">{note}</span>}
        <span className={classes.spring} />
        {text && (
          <CopyButton value={shown}>
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
          {shown}
        </pre>
      ) : (
        <p className="muted">{t("integration.message.noBody")}</p>
      )}
    </section>
  );
}
