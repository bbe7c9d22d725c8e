import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { type Finding, finding, type OracleContext, pagedRows } from "./oracle.ts";

type Row = { id: string; version: string; hash: string; payload?: Uint8Array };

/**
 * I1: registry and monitoring hold the same assets in the same versions with the same hash, and what monitoring keeps really hashes
 * to it. Both sides are read in id order and merged.
 */
export async function noEntityLost({ databases }: OracleContext): Promise<Finding> {
  const registry = pagedRows(databases.registry<Row[]>`
    select asset_id::text as id, version::text as version, encode(content_hash, 'hex') as hash
    from asset_snapshot order by asset_id
  `);
  const monitoring = pagedRows(databases.monitoring<Row[]>`
    select asset_id::text as id, version::text as version, encode(content_hash, 'hex') as hash, payload
    from asset order by asset_id
  `);
  const problems: string[] = [];
  let checked = 0;
  let theirs = await nextOf(monitoring);
  for await (const ours of registry) {
    checked += 1;
    while (theirs !== undefined && theirs.id < ours.id) {
      problems.push(`asset ${theirs.id} is in monitoring and not in registry`);
      theirs = await nextOf(monitoring);
    }
    if (theirs?.id !== ours.id) {
      problems.push(`asset ${ours.id} is in registry and not in monitoring`);
      continue;
    }
    if (theirs.version !== ours.version || theirs.hash !== ours.hash) {
      problems.push(`asset ${ours.id} is version ${ours.version} in registry and ${theirs.version} in monitoring`);
    } else if (theirs.payload && contentHash(theirs.payload) !== ours.hash) {
      problems.push(`asset ${ours.id}: the snapshot that monitoring keeps does not have its hash`);
    }
    theirs = await nextOf(monitoring);
  }
  for (; theirs !== undefined; theirs = await nextOf(monitoring)) {
    problems.push(`asset ${theirs.id} is in monitoring and not in registry`);
  }
  return finding(checked, problems);
}

async function nextOf<T>(rows: AsyncGenerator<T>): Promise<T | undefined> {
  const { value, done } = await rows.next();
  return done ? undefined : value;
}

/** As events.proto defines it: over the message without version, content_hash and changed_at. */
function contentHash(payload: Uint8Array): string {
  const {
    version: _version,
    contentHash: _hash,
    changedAt: _changedAt,
    ...rest
  } = fromBinary(AssetSnapshotSchema, payload);
  const bare = { ...rest, version: 0n, contentHash: new Uint8Array() };
  return new Bun.CryptoHasher("sha256").update(toBinary(AssetSnapshotSchema, bare)).digest("hex");
}
