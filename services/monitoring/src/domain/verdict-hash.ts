// The proof that two instances, or two days, read the same verdicts: SHA-256 over the members of each chunk, then over the chunks.

export type ChunkOutcome = { assetId: string; result: "violated" | "clear" | "unknown" | "failed"; reason: string };

/** SHA-256 over "asset_id:result:reason\n" in asset id order. */
export function chunkHash(outcomes: readonly ChunkOutcome[]): Uint8Array {
  const lines = outcomes.map(({ assetId, result, reason }) => `${assetId}:${result}:${reason}\n`).sort();
  return new Bun.CryptoHasher("sha256").update(lines.join("")).digest();
}

/** SHA-256 over the hashes of all chunks in chunk number order. */
export function runProof(chunkHashes: Iterable<Uint8Array>): Uint8Array {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const hash of chunkHashes) hasher.update(hash);
  return hasher.digest();
}
