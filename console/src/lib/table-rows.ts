/** Moves real focus to the link of the next or the previous row, so that Enter is the browser's own. `selector` finds the link of each row. */
export function moveOverRows(table: HTMLTableElement | null, selector: string, step: 1 | -1): void {
  const links = [...(table?.querySelectorAll<HTMLAnchorElement>(selector) ?? [])];
  const focusedRow = document.activeElement?.closest("tr");
  const at = links.findIndex((link) => link.closest("tr") === focusedRow);
  const next = at < 0 ? links[0] : links[at + step];
  next?.focus();
  next?.closest("tr")?.scrollIntoView({ block: "nearest" });
}

/** Whether a click into a row means the row: not a control in it, nor the end of selecting text. */
export function meansRow({ target }: { target: EventTarget }): boolean {
  const onControl = target instanceof Element && target.closest("a, button") !== null;
  return !onControl && (window.getSelection()?.toString() ?? "") === "";
}
