import type { Task } from "@dozor/proto/monitoring/v1/task";
import { Fragment, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { moveOverRows } from "../../lib/table-rows.ts";
import { useShortcuts } from "../../lib/use-shortcuts.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { lastOpened } from "./task-order.ts";
import { TaskRow } from "./task-row.tsx";
import classes from "./task-table.module.css";

export type TaskGroup = { id: string; title?: string | undefined; note?: string | undefined; tasks: readonly Task[] };

const columns = ["number", "severity", "violations", "asset", "lessee", "region", "age", "assignee"] as const;

/** Dense rows. The keyboard moves real focus over the numbers, which are links, so that Enter is the browser's own. */
export function TaskTable({ groups, onClaim }: { groups: readonly TaskGroup[]; onClaim: (task: Task) => void }) {
  const { t } = useTranslation();
  const table = useRef<HTMLTableElement>(null);
  const shown = groups.filter(({ tasks }) => tasks.length > 0);
  const move = (step: 1 | -1) => moveOverRows(table.current, "a[data-task-id]", step);
  const claim = () => {
    const taskId = document.activeElement?.closest("tr")?.querySelector<HTMLElement>("[data-task-id]")?.dataset.taskId;
    const task = shown.flatMap(({ tasks }) => tasks).find((each) => each.taskId === taskId);
    if (task) onClaim(task);
  };
  useShortcuts({ next: () => move(1), previous: () => move(-1), claim });
  useEffect(() => {
    const opened = lastOpened();
    const link = opened && table.current?.querySelector<HTMLElement>(`a[data-task-id="${CSS.escape(opened)}"]`);
    if (link && document.activeElement === document.body) link.focus({ preventScroll: true });
  }, []);

  return (
    <DataTable
      ref={table}
      className={classes.table}
      columns={columns.map((key) => ({ key, title: t(`tasks.columns.${key}`) }))}
    >
      {shown.map(({ id, title, note, tasks }) => (
        <Fragment key={id}>
          {title && (
            <tr className={classes.group}>
              <th colSpan={columns.length} scope="colgroup">
                {title}
                {note && <span> {note}</span>}
              </th>
            </tr>
          )}
          {tasks.map((task) => (
            <TaskRow key={task.taskId} task={task} onClaim={onClaim} />
          ))}
        </Fragment>
      ))}
    </DataTable>
  );
}
