// A postgres.js pool which outlives broken connections. postgres.js 3.4 keeps a connection whose socket went away together with its half-written
// buffer: a query sent to it inside of a transaction ends the process with an uncaught TypeError, and the slot answers CONNECT_TIMEOUT ever after. So
// the first broken connection retires the whole pool: new work gets a new one, and what is in flight ends on the old one.
// Not promised: LISTEN (see listen.ts), nor reserve() and begin() of postgres.js itself; use `begin` from here.

import { Socket } from "node:net";
import postgres from "postgres";

type Types = { int8: bigint };
export type Sql = postgres.Sql<Types>;
export type Tx = postgres.TransactionSql<Types>;

export type Pool = {
  /** Always the pool in use, so that it may be kept for ever. */
  sql: Sql;
  begin<T>(mode: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  end(timeoutS: number): Promise<void>;
};

type PoolOptions = Omit<postgres.Options<Record<string, postgres.PostgresType>>, "socket">;

export function openPool(url: string, options: PoolOptions): Pool {
  surviveLostTypeQueries();
  let isEnding = false;
  const open = (): Sql => {
    const made: Sql = connect(url, options, () => {
      if (isEnding || current !== made) return;
      current = open();
      made.end({ timeout: 60 }).catch(() => {});
    });
    return made;
  };
  let current = open();
  const sql = new Proxy(function sql() {}, {
    apply: (_target, _this, args) => Reflect.apply(current, current, args),
    get: (_target, key) => Reflect.get(current, key),
  }) as unknown as Sql;
  return {
    sql,
    begin: (mode, work) => begin(current, mode, work),
    async end(timeoutS) {
      isEnding = true;
      await current.end({ timeout: timeoutS });
    },
  };
}

function connect(url: string, options: PoolOptions, onBroken: () => void): Sql {
  // The types say nothing of `socket`, and infer the parameter types from the serializers, which accept more.
  const own = {
    ...options,
    socket: (parsed: { host: string[]; port: number[]; path?: string | false }) => socketOf(parsed, onBroken),
  };
  return postgres(url, own as PoolOptions) as unknown as Sql;
}

function socketOf(
  { host, port, path }: { host: string[]; port: number[]; path?: string | false },
  onBroken: () => void,
): Socket {
  const socket = new Socket();
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event === "error" || event === "end" || event === "close") onBroken();
    if (event !== "close") return emit(event, ...args);
    // Later, so that a write which is already scheduled still finds its socket; and without the error flag, because with it queries which
    // were sent between the error and the close are never answered.
    setImmediate(() => emit("close", false));
    return true;
  };
  if (path) socket.connect(path);
  else socket.connect(port[0] ?? 5432, host[0] ?? "localhost");
  return socket;
}

async function begin<T>(sql: Sql, mode: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  let lostBy: unknown;
  // The work may meet the lost connection of another transaction too, and then this one is as whole as before.
  const own = new WeakSet<object>();
  const guarded = (tx: Tx): Tx =>
    new Proxy(tx, {
      apply(target, self, args) {
        if (lostBy !== undefined) throw lostBy;
        return noting(Reflect.apply(target, self, args), own);
      },
      get(target, key) {
        if (key === "savepoint")
          return (inner: (tx: Tx) => Promise<unknown>) => target.savepoint((nested) => inner(guarded(nested)));
        if (key !== "unsafe") return Reflect.get(target, key);
        if (lostBy !== undefined) throw lostBy;
        return (...args: Parameters<Tx["unsafe"]>) => noting(target.unsafe(...args), own);
      },
    });
  const outcome = sql.begin(mode, async (tx) => {
    try {
      const value = await work(guarded(tx));
      // Ended while the work waited for something else: postgres.js would write COMMIT to a socket that is no more.
      if (lostBy !== undefined) throw lostBy;
      // Boxed, because postgres.js would await an array element by element.
      return { value };
    } catch (error) {
      if (lostBy !== undefined || (isLost(error) && own.has(error))) {
        lostBy ??= error;
        // Settling would make postgres.js send ROLLBACK to the lost connection. It rejects by itself when the socket is closed.
        await new Promise<never>(() => {});
      }
      throw error;
    }
  });
  try {
    return ((await outcome) as { value: T }).value;
  } catch (error) {
    lostBy ??= error;
    throw error;
  }
}

/** The same query, which notes the error that it is rejected with; postgres.js gives no other sign of the connection that an error came from. */
function noting<Q>(query: Q, errors: WeakSet<object>): Q {
  if (typeof query !== "object" || query === null || !("reject" in query)) return query;
  const { reject } = query;
  if (typeof reject !== "function") return query;
  query.reject = (error: unknown) => {
    if (typeof error === "object" && error !== null) errors.add(error);
    reject(error);
  };
  return query;
}

let survives = false;

/**
 * On each new connection postgres.js asks for the array types and awaits the answer nowhere, so that a connection which breaks just then would end the
 * process. The connection is opened again by itself. Any other unhandled rejection ends the process as before.
 */
function surviveLostTypeQueries(): void {
  if (survives) return;
  survives = true;
  process.on("unhandledRejection", (error) => {
    if (isLost(error) && String((error as { query?: unknown }).query).includes("b.typarray")) return;
    throw error;
  });
}

function isLost(error: unknown): error is object {
  if (typeof error !== "object" || error === null || !("query" in error) || !("code" in error)) return false;
  return lostCodes.has(String(error.code));
}

const lostCodes = new Set([
  "57P01",
  "57P02",
  "57P03",
  "57P05",
  "25P03",
  "25P04",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ERR_STREAM_DESTROYED",
]);
