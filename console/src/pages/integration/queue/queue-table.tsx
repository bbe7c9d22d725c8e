import type { Message } from "@dozor/proto/integration/v1/queue";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../../lib/use-shortcuts.ts";
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
  const move = (step: 1 | -1) => {
    const links = [...(table.current?.querySelectorAll<HTMLAnchorElement>("a[data-record-id]") ?? [])];
    const focusedRow = document.activeElement?.closest("tr");
    const at = links.findIndex((link) => link.closest("tr") === focusedRow);
    const next = at < 0 ? links[0] : links[at + step];
    next?.focus();
    next?.closest("tr")?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts({ next: () => move(1), previous: () => move(-1) });
  return (
    <div className={classes.frame}>
      <table ref={table} className={`${classes.table} ${own.queue}`}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" data-column={column}>
                {t(`integration.queue.columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <QueueRow key={message.recordId} message={message} service={service} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
