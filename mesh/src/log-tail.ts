import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const bytesMax = 64 * 1024;

/** The last lines of a log, however long it has grown; empty when there is none. */
export function logTail(file: string, lines: number): string {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(Math.min(size, bytesMax));
    readSync(handle, tail, 0, tail.length, size - tail.length);
    return tail.toString("utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } finally {
    closeSync(handle);
  }
}
