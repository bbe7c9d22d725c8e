import { fromBinary } from "@bufbuild/protobuf";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { topics } from "@dozor/proto/streams";
import { acceptedVersionsRise, journalVersionsRise, readAccepted } from "./journal-holds.ts";
import { type Finding, finding, type OracleContext, type OracleSql, pagedRows, together } from "./oracle.ts";

/** I5: of each object, what registry wrote, what it sends and what a receiver accepted has ever higher versions, each once. */
export async function versionsNeverFall({ databases: { registry }, receiverUrl }: OracleContext): Promise<Finding> {
  return together([
    await snapshotsRise(registry),
    await journalVersionsRise(registry),
    ...(receiverUrl === undefined ? [] : [acceptedVersionsRise(await readAccepted(receiverUrl))]),
  ]);
}

async function snapshotsRise(sql: OracleSql): Promise<Finding> {
  const rows = pagedRows(sql<{ key: string; payload: Uint8Array }[]>`
    select key, payload from runtime.outbox where topic = ${topics.asset} order by key, position
  `);
  const problems: string[] = [];
  let checked = 0;
  let last = { key: "", version: 0n };
  for await (const { key, payload } of rows) {
    checked += 1;
    const { version } = fromBinary(AssetSnapshotSchema, payload);
    if (key === last.key && version <= last.version) {
      problems.push(`asset ${key}: version ${version} was written after ${last.version}`);
    }
    last = { key, version };
  }
  return finding(checked, problems);
}
