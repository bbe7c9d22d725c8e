import { useInfiniteQuery } from "@connectrpc/connect-query";
import { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { Button, SegmentedControl, Select } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "../../../lib/numbers.ts";
import { paged } from "../../../lib/paged.ts";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import { PagedList } from "../../../parts/paged-list.tsx";
import { StatePanel } from "../../../parts/state-panel.tsx";
import { VerbButton } from "../../../parts/verb-button.tsx";
import classes from "../integration.module.css";
import type { LetterService } from "../integration-services.ts";
import { ReasonDialog } from "../reason-dialog.tsx";
import { DeadLetterTable } from "./dead-letter-table.tsx";
import own from "./dead-letters.module.css";
import { type DeadLettersSearch, letterStates, readDeadLettersSearch, stateOf } from "./dead-letters-search.ts";
import { useLetterActions } from "./use-letter-actions.ts";

const pageSize = 100;

type Props = { search: DeadLettersSearch; service: LetterService; onChange: (search: DeadLettersSearch) => void };

export function DeadLetterBoard({ search, service, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const { consumer = "", state = "open" } = search;
  const list = useInfiniteQuery(
    DeadLetterService.method.listDeadLetters,
    { consumer, state: stateOf(search), pageSize, pageToken: "" },
    { ...paged, placeholderData: keepPreviousData },
  );
  const actions = useLetterActions(list.refetch);
  const [redriving, setRedriving] = useState(false);
  useShortcuts({ refresh: () => void list.refetch() });
  const change = (part: { [K in keyof DeadLettersSearch]?: string | null }) =>
    onChange(readDeadLettersSearch({ ...search, ...part }));
  const letters = (list.data?.pages ?? []).flatMap((page) => page.deadLetters);
  const openCounts = list.data?.pages[0]?.openCounts ?? {};
  const consumers = [...new Set([...Object.keys(openCounts), ...(consumer ? [consumer] : [])])].sort();
  const openCount = openCounts[consumer] ?? 0n;
  const refusal = consumer === "" ? "chooseConsumer" : openCount === 0n ? "nothingOpen" : undefined;
  const countWords = (each: string) => formatCount(openCounts[each] ?? 0n, i18n.language);
  return (
    <>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t("integration.letters.state")}
          value={state}
          data={([...letterStates, "all"] as const).map((value) => ({
            value,
            label: t(value === "all" ? "integration.letters.all" : `integration.letterState.${value}`),
          }))}
          onChange={(value) => change({ state: value })}
        />
        <Select
          className={own.consumer ?? ""}
          aria-label={t("integration.letters.consumer")}
          placeholder={t("integration.letters.anyConsumer")}
          data={consumers.map((value) => ({ value, label: `${value} · ${countWords(value)}` }))}
          value={consumer || null}
          clearable
          clearButtonProps={{ "aria-label": t("integration.letters.anyConsumer") }}
          onChange={(value) => change({ consumer: value })}
        />
        <span className={classes.spring} />
        <VerbButton
          label={t("integration.letters.redriveAll")}
          refusal={refusal && t(`integration.letters.refusal.${refusal}`)}
          primary={false}
          busy={false}
          onClick={() => setRedriving(true)}
        />
        <Button variant="default" loading={list.isFetching} onClick={() => void list.refetch()}>
          {t("tasks.refresh")}
        </Button>
      </div>
      <PagedList
        list={list}
        empty={
          letters.length === 0 && (
            <StatePanel
              title={t(state === "open" ? "integration.letters.empty.title" : "integration.letters.emptyState.title")}
              text={t(state === "open" ? "integration.letters.empty.text" : "integration.letters.emptyState.text")}
            />
          )
        }
      >
        <DeadLetterTable letters={letters} service={service} />
      </PagedList>
      {redriving && (
        <ReasonDialog
          opened
          optional
          title={t("integration.letters.redriveAll")}
          note={t("integration.letters.redriveAllNote", { consumer, value: countWords(consumer) })}
          submit={t("integration.letters.redrive")}
          busy={actions.busy}
          onClose={() => setRedriving(false)}
          onSubmit={(reason) => actions.redriveConsumer(consumer, reason)}
        />
      )}
    </>
  );
}
