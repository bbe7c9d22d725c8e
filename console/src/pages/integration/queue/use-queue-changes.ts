import { IntegrationQueueService, type Message } from "@dozor/proto/integration/v1/queue";
import { useCallback, useEffect, useRef, useState } from "react";
import { useWatch, type WatchState } from "../../../lib/use-watch.ts";
import { filterOf, type QueueSearch, statesOf } from "./queue-search.ts";

export const changesShownMax = 500;
// A poll changes hundreds of messages in a second; the page needs to hear of it four times.
const gatherMs = 250;

export type QueueChanges = { watch: WatchState; changedCount: number; settle: () => void };

/** Counts what changed under the list's filters since it was read. The list itself never moves under the cursor. */
export function useQueueChanges(search: QueueSearch, shown: readonly Message[]): QueueChanges {
  const [changedCount, setChangedCount] = useState(0);
  const changed = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const states = statesOf(search);
  // What leaves a state must be heard of as well, so that the state is compared here and not by the service.
  const watch = useWatch(
    IntegrationQueueService.method.watchMessages,
    { filter: filterOf(search) },
    ({ event }) => {
      if (event.case !== "changed") return;
      const { recordId, requestState, etag } = event.value;
      const row = shown.find((each) => each.recordId === recordId);
      const isNews = row ? row.etag !== etag : states.length === 0 || states.includes(requestState);
      if (!isNews || changed.current.size > changesShownMax) return;
      changed.current.add(recordId);
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        setChangedCount(changed.current.size);
      }, gatherMs);
    },
    { endless: true },
  );
  const settle = useCallback(() => {
    changed.current.clear();
    setChangedCount(0);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another list, of which nothing changed yet.
  useEffect(() => settle, [settle, JSON.stringify(search)]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { watch, changedCount, settle };
}
