import type { StreamNames } from "@dozor/proto/streams";
import type { JetStreamManager } from "nats";
import type postgres from "postgres";
import type { ServiceName } from "../ports.ts";

/** What an oracle may look at: the databases and streams themselves, never what a service says of itself. */
export type OracleContext = {
  databases: Record<ServiceName, postgres.Sql>;
  jetstream: () => Promise<JetStreamManager>;
  streamNames: StreamNames;
  /** Admin address of the 1C simulator, whose ledger is compared; absent when 1C is not ours. */
  onecUrl?: string | undefined;
};
/** `checked` counts what was compared: an oracle that looked at nothing proves nothing. */
export type Finding = { ok: boolean; checked: number; problems: string[] };
export type Oracle = (context: OracleContext) => Promise<Finding>;

const problemsMax = 20;

/** Problems are sentences that name the thing concerned; the first twenty are kept. */
export function finding(checked: number, problems: readonly string[]): Finding {
  return { ok: problems.length === 0, checked, problems: problems.slice(0, problemsMax) };
}
