import { useQuery } from "@connectrpc/connect-query";
import { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { RegionKind } from "@dozor/proto/tracking/v1/zone";
import { Button, CloseButton, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRegions, useWords } from "../../lib/use-words.ts";
import classes from "./task-list-page.module.css";
import { isNarrowed, readTaskListSearch, type TaskListSearch } from "./task-list-search.ts";

type Props = {
  search: TaskListSearch;
  searchBox: RefObject<HTMLInputElement | null>;
  onChange: (search: TaskListSearch) => void;
};

const typingPauseMs = 300;

export function TaskFilters({ search, searchBox, onChange }: Props) {
  const { t } = useTranslation();
  // An absent or emptied filter leaves the address bar.
  const change = (part: { [K in keyof TaskListSearch]?: string | null }) =>
    onChange(readTaskListSearch({ ...search, ...part }));
  const isInbox = (search.view ?? "inbox") === "inbox";
  return (
    <search className={classes.filters}>
      <SearchBox query={search.q ?? ""} searchBox={searchBox} onChange={(q) => change({ q })} />
      <Select
        aria-label={t("tasks.severity")}
        data={[
          { value: "low", label: t("tasks.severityFrom.low") },
          { value: "medium", label: t("tasks.severityFrom.medium") },
          { value: "high", label: t("tasks.severityFrom.high") },
        ]}
        value={search.severity ?? "low"}
        allowDeselect={false}
        onChange={(severity) => change({ severity })}
      />
      <IndicatorSelect value={search.indicator} onChange={(indicator) => change({ indicator })} />
      <RegionSelect value={search.region} onChange={(region) => change({ region })} />
      {!isInbox && (
        <Select
          aria-label={t("tasks.assignee")}
          placeholder={t("tasks.anyAssignee")}
          data={assigneeOptions(search.assignee, t("tasks.assigneeMe"), t("tasks.assigneeNone"))}
          value={search.assignee ?? null}
          clearable
          clearButtonProps={{ "aria-label": t("tasks.anyAssignee") }}
          onChange={(assignee) => change({ assignee })}
        />
      )}
      {search.lessee && (
        <Button variant="light" onClick={() => change({ lessee: null })}>
          {t("tasks.lesseeFilter")} ✕
        </Button>
      )}
      {isNarrowed(search) && (
        <Button variant="subtle" onClick={() => onChange(search.view ? { view: search.view } : {})}>
          {t("tasks.clear")}
        </Button>
      )}
    </search>
  );
}

function assigneeOptions(chosen: string | undefined, me: string, none: string) {
  const options = [
    { value: "me", label: me },
    { value: "none", label: none },
  ];
  const isKnown = chosen === undefined || options.some(({ value }) => value === chosen);
  return isKnown ? options : [...options, { value: chosen, label: chosen }];
}

function SearchBox(props: { query: string; searchBox: Props["searchBox"]; onChange: (query: string) => void }) {
  const { t } = useTranslation();
  const { query, searchBox, onChange } = props;
  const [text, setText] = useState(query);
  // The address bar may change without us: back, a link, "clear filters".
  useEffect(() => setText(query), [query]);
  const ask = useDebouncedCallback(onChange, typingPauseMs);
  const type = (value: string) => {
    setText(value);
    ask(value);
  };
  return (
    <TextInput
      ref={searchBox}
      className={classes.search ?? ""}
      type="search"
      aria-label={t("tasks.search")}
      placeholder={`${t("tasks.search")}  ( / )`}
      value={text}
      maxLength={100}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      rightSection={text && <CloseButton size="sm" aria-label={t("tasks.clear")} onClick={() => type("")} />}
    />
  );
}

type OptionProps = { value: string | undefined; onChange: (value: string | null) => void };

function IndicatorSelect({ value, onChange }: OptionProps) {
  const { t } = useTranslation();
  const { data } = useQuery(IndicatorService.method.listIndicators, { includeArchived: true }, { staleTime: 60_000 });
  const options = (data?.indicators ?? [])
    .filter(({ published }) => published)
    .map(({ key, published }) => ({ value: key, label: published?.name || key }));
  return (
    <Select
      aria-label={t("tasks.indicator")}
      placeholder={t("tasks.anyIndicator")}
      data={options}
      value={value ?? null}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("tasks.anyIndicator") }}
      onChange={onChange}
    />
  );
}

function RegionSelect({ value, onChange }: OptionProps) {
  const { t } = useTranslation();
  const regions = useRegions();
  const { regionName, language } = useWords();
  const options = regions
    .filter(({ kind }) => kind === RegionKind.FEDERAL_SUBJECT)
    .map(({ code }) => ({ value: code, label: regionName(code) }))
    .sort((a, b) => a.label.localeCompare(b.label, language));
  return (
    <Select
      aria-label={t("tasks.region")}
      placeholder={t("tasks.anyRegion")}
      data={options}
      value={value ?? null}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("tasks.anyRegion") }}
      onChange={onChange}
    />
  );
}
