// CSV as Russian Excel opens it by a double click: UTF-8 with a byte order mark, semicolons, CRLF.

export const csvStart = "\uFEFF";

/** One line with its end. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(csvCell).join(";")}\r\n`;
}

/** A text that begins like a formula gets an apostrophe in front: a spreadsheet would otherwise run what a stranger typed. */
function csvCell(cell: string | number): string {
  if (typeof cell === "number") return String(cell);
  const guarded = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[;"\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
