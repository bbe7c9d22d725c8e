/** Both hashes in hex. */
export type AssetStamp = { version: bigint; contentHash: string };

export type Difference = "missing" | "behind" | "ahead" | "contradicting";

/** How what is kept here of an asset differs from what registry has; undefined when it does not. */
export function projectionDifference(ours: AssetStamp | undefined, theirs: AssetStamp): Difference | undefined {
  if (ours === undefined) return "missing";
  if (ours.version < theirs.version) return "behind";
  if (ours.version > theirs.version) return "ahead";
  return ours.contentHash === theirs.contentHash ? undefined : "contradicting";
}
