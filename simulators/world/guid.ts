import { hash, hashText } from "./random.ts";

const FACTOR = 2654435761 | 0;
const INVERSE = inverseOf(FACTOR);

export const ZERO_GUID = "00000000-0000-0000-0000-000000000000";

/** A guid that looks random and from which the number can be read back, so that 200,000 assets need no index. */
export function guidOf(seed: number, stream: string, index: number): string {
  const kind = hashText(stream);
  const first = hash(seed, kind, index, 1);
  const second = hash(seed, kind, index, 2);
  const tail = (Math.imul(index, FACTOR) ^ hash(seed, kind, 0, 3)) >>> 0;
  const middle = hex(second, 8);
  const third = hash(seed, kind, index, 4);
  return `${hex(first, 8)}-${middle.slice(0, 4)}-11ed-8${middle.slice(4, 7)}-${hex(third >>> 16, 4)}${hex(tail, 8)}`;
}

/** The number of the thing that carries this guid, or -1 when the guid was not made by `guidOf` for this stream. */
export function indexOfGuid(seed: number, stream: string, guid: string): number {
  const tail = Number.parseInt(guid.slice(28), 16);
  if (!Number.isInteger(tail)) return -1;
  const index = Math.imul(tail ^ hash(seed, hashText(stream), 0, 3), INVERSE) >>> 0;
  return guidOf(seed, stream, index) === guid.toLowerCase() ? index : -1;
}

function hex(value: number, length: number): string {
  return (value + 0x100000000).toString(16).slice(-length);
}

function inverseOf(odd: number): number {
  let inverse = odd;
  for (let i = 0; i < 5; i++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}
