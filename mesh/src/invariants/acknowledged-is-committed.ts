import { type Finding, finding, type OracleContext } from "./oracle.ts";

type Acknowledged = { type: string; id: string; version: string };

/** I4: every version that the 1C simulator was told of lies in registry, or a newer one does, or it lies in quarantine. */
export async function acknowledgedIsCommitted({
  databases: { registry: sql },
  onecUrl,
}: OracleContext): Promise<Finding> {
  throw new Error(String([sql, onecUrl]));
}
