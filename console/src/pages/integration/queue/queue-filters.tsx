import { Button, CloseButton, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type RefObject, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./queue.module.css";
import { isNarrowed, type QueueSearch, readQueueSearch, widened } from "./queue-search.ts";

type Props = {
  search: QueueSearch;
  searchBox: RefObject<HTMLInputElement | null>;
  /** What was seen so far, offered while typing. */
  known: { sources: readonly string[]; types: readonly string[] };
  onChange: (search: QueueSearch) => void;
};

const typingPauseMs = 300;

export function QueueFilters({ search, searchBox, known, onChange }: Props) {
  const { t } = useTranslation();
  // An absent or emptied filter leaves the address bar.
  const change = (part: { [K in keyof QueueSearch]?: string | null }) =>
    onChange(readQueueSearch({ ...search, ...part }));
  return (
    <search className={classes.filters}>
      <TypedFilter
        wide
        label={t("integration.queue.filters.error")}
        hint={`${t("integration.queue.filters.error")}  ( / )`}
        value={search.error}
        inputRef={searchBox}
        onChange={(error) => change({ error })}
      />
      <Select
        aria-label={t("integration.queue.filters.direction")}
        placeholder={t("integration.queue.filters.direction")}
        data={(["inbound", "outbound"] as const).map((value) => ({
          value,
          label: t(`integration.direction.${value}`),
        }))}
        value={search.direction ?? null}
        clearable
        clearButtonProps={{ "aria-label": t("integration.queue.filters.anyDirection") }}
        onChange={(direction) => change({ direction })}
      />
      <TypedFilter
        label={t("integration.queue.filters.source")}
        value={search.source}
        offered={known.sources}
        onChange={(source) => change({ source })}
      />
      <TypedFilter
        label={t("integration.queue.filters.type")}
        value={search.type}
        offered={known.types}
        onChange={(type) => change({ type })}
      />
      <TypedFilter
        label={t("integration.queue.filters.object")}
        value={search.object}
        onChange={(object) => change({ object })}
      />
      {(["since", "until"] as const).map((each) => (
        <TextInput
          key={each}
          className={classes.clock ?? ""}
          type="datetime-local"
          aria-label={t(`integration.queue.filters.${each}`)}
          leftSection={<span aria-hidden="true">{t(`integration.queue.filters.${each}Short`)}</span>}
          leftSectionWidth={42}
          value={search[each] ?? ""}
          onChange={(event) => change({ [each]: event.currentTarget.value })}
        />
      ))}
      {search.fingerprint && (
        <Button variant="light" onClick={() => change({ fingerprint: null })}>
          {t("integration.queue.filters.oneError")} ✕
        </Button>
      )}
      {isNarrowed(search) && (
        <Button variant="subtle" onClick={() => onChange(widened(search))}>
          {t("tasks.clear")}
        </Button>
      )}
    </search>
  );
}

type TypedProps = {
  label: string;
  hint?: string;
  value: string | undefined;
  wide?: boolean;
  offered?: readonly string[];
  inputRef?: RefObject<HTMLInputElement | null>;
  onChange: (value: string) => void;
};

function TypedFilter({ label, hint, value = "", wide = false, offered = [], inputRef, onChange }: TypedProps) {
  const { t } = useTranslation();
  const listId = useId();
  const [text, setText] = useState(value);
  // The address bar may change without us: back, a link, "clear filters".
  useEffect(() => setText(value), [value]);
  const ask = useDebouncedCallback(onChange, typingPauseMs);
  const type = (typed: string) => {
    setText(typed);
    ask(typed);
  };
  return (
    <>
      <TextInput
        {...(inputRef ? { ref: inputRef } : {})}
        className={wide ? (classes.wide ?? "") : ""}
        type={wide ? "search" : "text"}
        aria-label={label}
        placeholder={hint ?? label}
        value={text}
        maxLength={300}
        autoComplete="off"
        {...(offered.length > 0 ? { list: listId } : {})}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        rightSection={
          text && (
            <CloseButton
              size="sm"
              aria-label={`${t("integration.queue.filters.empty")}: ${label}`}
              onClick={() => type("")}
            />
          )
        }
      />
      {offered.length > 0 && (
        <datalist id={listId}>
          {offered.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </>
  );
}
