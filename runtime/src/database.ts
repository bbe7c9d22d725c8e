import type postgres from "postgres";

export type Sql = postgres.Sql<{ int8: bigint }>;
export type Tx = postgres.TransactionSql<{ int8: bigint }>;
export type Queryable = Sql | Tx;

export type DatabaseOptions = {
  url: string;
  applicationName: string;
  poolMax?: number;
  statementTimeoutMs?: number;
};
export type TransactionOptions = {
  isolation?: "read committed" | "repeatable read" | "serializable";
  attemptsMax?: number;
};

export type Database = AsyncDisposable & {
  sql: Sql;
  transaction<T>(name: string, work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  withAdvisoryLock<T>(
    key: string,
    work: () => Promise<T>,
    options?: { waitMs?: number; signal?: AbortSignal },
  ): Promise<{ ran: true; value: T } | { ran: false }>;
  isReachable(timeoutMs?: number): Promise<boolean>;
};
export async function openDatabase(_options: DatabaseOptions): Promise<Database> {
  throw new Error("not built yet");
}
export async function statement<Q extends PromiseLike<unknown>>(_name: string, query: Q): Promise<Awaited<Q>> {
  return await query;
}
