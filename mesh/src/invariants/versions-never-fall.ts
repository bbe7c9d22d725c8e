import { fromBinary } from "@bufbuild/protobuf";
import { AssetSnapshotSchema } from "@dozor/proto/registry/v1/events";
import { topics } from "@dozor/proto/streams";
import { type Finding, finding, type OracleContext, pagedRows } from "./oracle.ts";

/** I5: what registry wrote of an asset, in the order it was written, has ever higher versions, each once. */
export async function versionsNeverFall({ databases: { registry: sql } }: OracleContext): Promise<Finding> {
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
