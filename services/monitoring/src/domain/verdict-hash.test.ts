import { expect, test } from "bun:test";
import { type ChunkOutcome, chunkHash, runProof } from "./verdict-hash.ts";

const outcomes: ChunkOutcome[] = [
  { assetId: "00000000-0000-4000-8000-000000000002", result: "violated", reason: "" },
  { assetId: "00000000-0000-4000-8000-000000000001", result: "unknown", reason: "no_device" },
];
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("the hash of a chunk does not depend on the order in which its members were judged", () => {
  expect(hex(chunkHash(outcomes))).toBe(hex(chunkHash(outcomes.toReversed())));
});

test("the hash of a chunk is SHA-256 over its sorted lines", () => {
  const text =
    "00000000-0000-4000-8000-000000000001:unknown:no_device\n00000000-0000-4000-8000-000000000002:violated:\n";
  expect(hex(chunkHash(outcomes))).toBe(new Bun.CryptoHasher("sha256").update(text).digest("hex"));
});

test("another result, another reason or another order of chunks gives another proof", () => {
  const first = outcomes.slice(0, 1);
  const second = outcomes.slice(1);
  const proof = (...chunks: ChunkOutcome[][]) => hex(runProof(chunks.map(chunkHash)));
  const changed = outcomes.map((each): ChunkOutcome => ({ ...each, result: "clear", reason: "" }));
  const proofs = [
    proof(first, second),
    proof(second, first),
    proof(changed.slice(0, 1), second),
    proof(first, [{ ...(second[0] as ChunkOutcome), reason: "no_fix" }]),
  ];
  expect(new Set(proofs).size).toBe(4);
});
