import type { Message } from "@dozor/proto/integration/v1/queue";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { moveOverRows } from "../../../lib/table-rows.ts";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
import { DataTable } from "../../../parts/data-table.tsx";
import classes from "../integration.module.css";
import type { JournalService } from "../integration-services.ts";
import own from "./queue.module.css";
import { QueueRow } from "./queue-row.tsx";

const columns = [
  "number",
  "state",
  "direction",
  "source",
  "type",
  "object",
  "attempts",
  "age",
  "next",
  "error",
] as const;

/** Dense rows. The keyboard moves real focus over the numbers, which are links, so that Enter is the browser's own. */
export function QueueTable({ messages, service }: { messages: readonly Message[]; service: JournalService }) {
  const { t } = useTranslation();
  const table = useRef<HTMLTableElement>(null);
  const move = (step: 1 | -1) => moveOverRows(table.current, "a[data-record-id]", step);
  useShortcuts({ next: () => move(1), previous: () => move(-1) });
  return (
    <DataTable
      ref={table}
      className={`${classes.columned} ${own.queue}`}
      columns={columns.map((key) => ({ key, title: t(`integration.queue.columns.${key}`) }))}
    >
      {messages.map((message) => (
        <QueueRow key={message.recordId} message={message} service={service} />
      ))}
    </DataTable>
  );
}
