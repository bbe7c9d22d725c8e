// One pool of Postgres connections. Promised: transactions repeat after a conflict, every named statement is counted, timed and traced, a 64-bit
// integer never loses digits silently. Not promised: that the outcome is known when the connection breaks during COMMIT; callers are written so
// that doing it again is harmless.

import { setTimeout as delay } from "node:timers/promises";
import { SpanKind } from "@opentelemetry/api";
import { isConflict } from "./errors.ts";
import { metrics } from "./metrics.ts";
import { openPool, type Pool, type Sql, type Tx } from "./pool.ts";
import { span } from "./telemetry.ts";

export type { Sql, Tx };
export type Queryable = Sql | Tx;

export type DatabaseOptions = {
  url: string;
  applicationName: string;
  poolMax?: number;
  /** Longest time of one statement. */
  statementTimeoutMs?: number;
};

export type TransactionOptions = {
  isolation?: "read committed" | "repeatable read" | "serializable";
  /** How often the work is tried when it meets a conflict. It must be repeatable. */
  attemptsMax?: number;
};

export type Database = AsyncDisposable & {
  /** bigint columns are read as number while they are safe integers, else reading throws; date columns are "2026-11-22" texts. */
  sql: Sql;
  /** For connections beside the pool. */
  url: string;
  transaction<T>(name: string, work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Runs the work while no other process holds the same key, or not at all. The lock goes away with this process or its
   * connection; in the second case the signal aborts.
   */
  withAdvisoryLock<T>(
    key: string,
    work: (signal: AbortSignal) => Promise<T>,
    options?: { waitMs?: number; signal?: AbortSignal },
  ): Promise<{ ran: true; value: T } | { ran: false }>;
  isReachable(timeoutMs?: number): Promise<boolean>;
};

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const poolMax = options.poolMax ?? 10;
  const pool = openPool(options.url, {
    max: poolMax,
    connect_timeout: 5,
    backoff: () => 0.25,
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => {},
    types: { int8: wholeNumber, day: calendarDay },
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      lock_timeout: 15_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
  const { sql } = pool;
  connectionsMax.set({ database: options.applicationName }, poolMax);
  await using failing = new AsyncDisposableStack();
  failing.defer(() => pool.end(1));
  try {
    await sql`select 1`;
  } catch (error) {
    throw new Error(`connect to Postgres at ${placeOf(options.url)}`, { cause: error });
  }
  failing.move();
  return {
    sql,
    url: options.url,
    transaction: (name, work, transactionOptions) => transaction(pool, name, work, transactionOptions ?? {}),
    withAdvisoryLock: (key, work, lockOptions) => withAdvisoryLock(pool, key, work, lockOptions ?? {}),
    isReachable: (timeoutMs = 2_000) => isReachable(sql, timeoutMs),
    [Symbol.asyncDispose]: () => pool.end(2),
  };
}

/** Awaits one statement as `name`, a constant such as "asset.upsert", and times it. */
export function statement<T>(name: string, query: PromiseLike<T>): Promise<T> {
  return timed(name, async () => await query);
}

// postgres.js takes the type of an array's first element for the type of the array, unless it has none of its own as text and numbers. So arrays of the
// types below have to be named; arrays of texts and numbers may be given as they are.

export const bytesArray = (sql: Queryable, values: readonly (Uint8Array | null)[]) => sql.array([...values], 17);
export const booleanArray = (sql: Queryable, values: readonly (boolean | null)[]) => sql.array([...values], 16);
export const timesArray = (sql: Queryable, values: readonly (Date | null)[]) => sql.array([...values], 1184);

async function timed<T>(name: string, run: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  let errorType = "";
  const attributes = { "db.system.name": "postgresql", "db.query.summary": name };
  try {
    return await span(name, { kind: SpanKind.CLIENT, attributes }, run);
  } catch (error) {
    errorType = sqlStateOf(error);
    throw error;
  } finally {
    const labels = { db_operation_name: name, error_type: errorType };
    operationSeconds.observe(labels, (performance.now() - startedMs) / 1_000);
  }
}

async function transaction<T>(
  pool: Pool,
  name: string,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const attemptsMax = options.attemptsMax ?? 5;
  const mode = `isolation level ${options.isolation ?? "read committed"}`;
  for (let attempt = 1; ; attempt++) {
    try {
      return await timed(`tx ${name}`, () => begin(pool, mode, work));
    } catch (error) {
      if (!isConflict(error) || attempt >= attemptsMax) throw error;
      conflictsCount.inc({ transaction: name });
      await delay(Math.random() * 20 * 2 ** attempt);
    }
  }
}

async function begin<T>(pool: Pool, mode: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const askedMs = performance.now();
  connectionsWaiting.inc();
  let isWaiting = true;
  const stopWaiting = () => {
    if (isWaiting) connectionsWaiting.dec();
    isWaiting = false;
  };
  try {
    return await pool.begin(mode, async (tx) => {
      stopWaiting();
      connectionWaitSeconds.observe((performance.now() - askedMs) / 1_000);
      connectionsUsed.inc({ state: "used" });
      try {
        return await work(tx);
      } finally {
        connectionsUsed.dec({ state: "used" });
      }
    });
  } finally {
    stopWaiting();
  }
}

async function withAdvisoryLock<T>(
  pool: Pool,
  key: string,
  work: (signal: AbortSignal) => Promise<T>,
  { waitMs = 0, signal }: { waitMs?: number; signal?: AbortSignal },
): Promise<{ ran: true; value: T } | { ran: false }> {
  const lost = new AbortController();
  // A transaction which holds nothing but the lock: it ends with its connection, and without a snapshot it does not hold back vacuum.
  const held = pool.begin("isolation level read committed", async (tx) => {
    await tx`set local idle_in_transaction_session_timeout = 0`;
    if (!(await lockedWithin(tx, key, waitMs, signal))) return { ran: false } as const;
    const heartbeat = setInterval(() => {
      tx`select 1`.catch((error) =>
        lost.abort(new Error(`the lock ${key} was lost with its connection`, { cause: error })),
      );
    }, 5_000);
    try {
      const value = await work(signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]));
      return { ran: true, value } as const;
    } finally {
      clearInterval(heartbeat);
    }
  });
  // Rejects at once when the connection breaks, while the work may still be going on.
  held.catch((error) => lost.abort(new Error(`the lock ${key} was lost`, { cause: error })));
  return await held;
}

async function lockedWithin(tx: Tx, key: string, waitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const [row] = await tx<
      { locked: boolean }[]
    >`select pg_try_advisory_xact_lock(hashtextextended(${key}, 0)) as locked`;
    if (row?.locked) return true;
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) return false;
    await delay(Math.min(100, leftMs), undefined, signal === undefined ? {} : { signal });
  }
}

async function isReachable(sql: Sql, timeoutMs: number): Promise<boolean> {
  const answer = sql`select 1`.then(
    () => true,
    () => false,
  );
  const timeout = new AbortController();
  const late = delay(timeoutMs, false, { signal: timeout.signal, ref: false }).catch(() => false);
  try {
    return await Promise.race([answer, late]);
  } finally {
    timeout.abort();
  }
}

const wholeNumber = {
  to: 20,
  from: [20],
  serialize: (value: bigint | number | string) => String(value),
  parse(text: string) {
    const value = Number(text);
    if (!Number.isSafeInteger(value))
      throw new Error(`read the bigint ${text}: it does not fit a number, select it as text`);
    return value;
  },
};

// A calendar day has no time zone; a Date object would invent one.
const calendarDay = { to: 1082, from: [1082], serialize: (value: string) => value, parse: (text: string) => text };

function placeOf(url: string): string {
  if (!URL.canParse(url)) return "an address which is not a URL";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

function sqlStateOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "other";
  return String(error.code);
}

const connectionsMax = metrics.gauge({
  name: "db_client_connection_max",
  help: "Size of the pool",
  labels: ["database"],
});
const connectionsUsed = metrics.gauge({
  name: "db_client_connections",
  help: "Connections inside of a transaction",
  labels: ["state"],
});
const connectionsWaiting = metrics.gauge({
  name: "db_client_connection_pending_requests",
  help: "Transactions waiting for a connection",
});
const connectionWaitSeconds = metrics.histogram({
  name: "db_client_connection_wait_time_seconds",
  help: "Time a transaction waited for a connection",
});
const operationSeconds = metrics.histogram({
  name: "db_client_operation_duration_seconds",
  help: "Time of named statements and whole transactions",
  labels: ["db_operation_name", "error_type"],
});
const conflictsCount = metrics.counter({
  name: "db_client_transaction_conflicts_total",
  help: "Transactions repeated after a serialization failure or a deadlock",
  labels: ["transaction"],
});
