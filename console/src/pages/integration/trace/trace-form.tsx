import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./trace.module.css";
import { requestOf, searchOfTyped, type TraceSearch } from "./trace-search.ts";

type Props = {
  search: TraceSearch;
  /** Whose object an id of ours turned out to be. */
  known: { source: string | undefined; id: string | undefined };
  busy: boolean;
  onAsk: (search: TraceSearch) => void;
};

const sourceDefault = "1c";

export function TraceForm({ search, known, busy, onAsk }: Props) {
  const { t } = useTranslation();
  const [source, setSource] = useState(search.source ?? (search.entity === undefined ? sourceDefault : ""));
  const [id, setId] = useState(search.entity ?? search.id ?? "");
  const [tried, setTried] = useState(false);
  const typed = searchOfTyped(source, id);
  const error =
    requestOf(typed) === undefined && t(source.trim() === "" ? "integration.trace.needUuid" : "common.required");
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!error) onAsk(typed);
  };
  return (
    <search>
      <form className={classes.traceForm} noValidate onSubmit={send}>
        <TextInput
          label={t("integration.trace.source")}
          placeholder={t("integration.trace.sourceHint")}
          value={source}
          maxLength={64}
          onChange={(event) => setSource(event.currentTarget.value)}
        />
        <TextInput
          className={classes.wide ?? ""}
          label={t("integration.trace.id")}
          placeholder={t("integration.trace.idHint")}
          value={id}
          maxLength={300}
          error={tried && error}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy}>
          {t("integration.trace.ask")}
        </Button>
      </form>
      {search.entity && known.id && (
        <p className="muted">{t("integration.trace.known", { source: known.source, id: known.id })}</p>
      )}
    </search>
  );
}
