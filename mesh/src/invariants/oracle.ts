import type { StreamNames } from "@dozor/proto/streams";
import type { JetStreamManager } from "nats";
import type postgres from "postgres";
import type { ServiceName } from "../ports.ts";

/** A connection, or a transaction that will be rolled back: so an oracle can be shown a broken state that never was. */
export type OracleSql = postgres.Sql | postgres.TransactionSql;

/** What an oracle may look at: the databases and streams themselves, never what a service says of itself. */
export type OracleContext = {
  databases: Record<ServiceName, OracleSql>;
  jetstream: () => Promise<JetStreamManager>;
  streamNames: StreamNames;
  /** Address of the 1C simulator, whose ledger is compared; absent when 1C is not ours. */
  onecUrl?: string | undefined;
  /** Address of the simulated receiver; absent when nothing is sent to ours. */
  receiverUrl?: string | undefined;
};
/** One finding of several parts of an invariant. */
export function together(parts: readonly Finding[]): Finding {
  return finding(
    parts.reduce((sum, { checked }) => sum + checked, 0),
    parts.flatMap(({ problems }) => problems),
  );
}

/** `checked` counts what was compared: an oracle that looked at nothing proves nothing. */
export type Finding = { ok: boolean; checked: number; problems: string[] };
export type Oracle = (context: OracleContext) => Promise<Finding>;

const problemsMax = 20;

/** Problems are sentences that name the thing concerned; the first twenty are kept. */
export function finding(checked: number, problems: readonly string[]): Finding {
  return { ok: problems.length === 0, checked, problems: problems.slice(0, problemsMax) };
}

/** Rows in pages of a server-side cursor, so that a million of them never lie in memory at once. */
export async function* pagedRows<T extends object>(query: postgres.PendingQuery<T[]>): AsyncGenerator<T> {
  for await (const page of query.cursor(2000)) yield* page;
}
