import type { WordsContext } from "./words-context.ts";

/** Region and address of an agreed location; many addresses begin with the region already. */
export function placeWords(regionCode: string, address: string, { regionName }: WordsContext): string {
  const region = regionCode === "" ? "" : regionName(regionCode);
  if (region === "" || address.includes(region)) return address;
  return address === "" ? region : `${region}, ${address}`;
}
