import type { TaskState } from "../../domain/task-machine.ts";

export type ExportLanguage = "ru" | "en";
type Words = {
  summaryHeader: readonly string[];
  taskHeader: readonly string[];
  states: Readonly<Record<TaskState, string>>;
  /** By severity, from 1. */
  severities: readonly string[];
};

export const exportWords: Readonly<Record<ExportLanguage, Words>> = {
  ru: {
    summaryHeader: ["Ключ", "Название", "Предметов лизинга", "Под наблюдением", "Задач", "Нарушений"],
    taskHeader: [
      "Номер",
      "Состояние",
      "Важность",
      "Предмет лизинга",
      "VIN",
      "Госномер",
      "Договор",
      "Лизингополучатель",
      "Индикаторы",
      "Регион",
      "Исполнитель",
      "Создана",
    ],
    states: { open: "Открыта", in_progress: "В работе", snoozed: "Отложена", resolved: "Решена", closed: "Закрыта" },
    severities: ["", "Низкая", "Средняя", "Высокая"],
  },
  en: {
    summaryHeader: ["Key", "Name", "Assets", "Watched", "Tasks", "Violations"],
    taskHeader: [
      "Number",
      "State",
      "Severity",
      "Asset",
      "VIN",
      "Plate",
      "Contract",
      "Lessee",
      "Indicators",
      "Region",
      "Assignee",
      "Created",
    ],
    states: { open: "Open", in_progress: "In progress", snoozed: "Snoozed", resolved: "Resolved", closed: "Closed" },
    severities: ["", "Low", "Medium", "High"],
  },
};
