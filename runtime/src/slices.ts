export type SliceOptions = { label: string; budgetMs?: number; signal?: AbortSignal };
export async function yieldNow(): Promise<void> {
  throw new Error("not built yet");
}
/** Calls `fn` on every item and lets other work in whenever `budgetMs` (5) of synchronous time is used up. */
export async function sliced<T>(
  _items: Iterable<T>,
  _fn: (item: T, index: number) => void,
  _options: SliceOptions,
): Promise<void> {
  throw new Error("not built yet");
}
