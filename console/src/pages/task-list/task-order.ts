/**
 * The order in which the person last saw the tasks, so that "next" on a task's page means the next row of the list they came
 * from, and that coming back finds the row again.
 */
let shown: readonly string[] = [];
let opened: string | undefined;

export function rememberOrder(taskIds: readonly string[]): void {
  shown = taskIds;
}

export function rememberOpened(taskId: string): void {
  opened = taskId;
}

export function lastOpened(): string | undefined {
  return opened;
}

export function neighbours(taskId: string): { previous: string | undefined; next: string | undefined } {
  const at = shown.indexOf(taskId);
  return at < 0 ? { previous: undefined, next: undefined } : { previous: shown[at - 1], next: shown[at + 1] };
}
