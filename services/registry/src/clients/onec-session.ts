import { setTimeout as delay } from "node:timers/promises";
import type { CallAttempt } from "@dozor/integration/journal";
import { VendorError, vendorFetch } from "@dozor/runtime/vendor-http";
import { onecErrorText } from "./onec-error-text.ts";

export type OnecConnection = {
  name: string;
  baseUrl: string;
  username: string;
  password: string;
  /** From the call to the last byte; 1C may take a quarter of an hour. */
  readTimeoutMs: number;
  /** Short, so that an acknowledgement cannot land after another instance took over. */
  acknowledgeTimeoutMs: number;
};

type OnecCall = {
  method: "GET" | "POST";
  /** Follows the base address, begins with a slash. */
  path: string;
  route: string;
  timeoutMs: number;
  body?: string;
  /** This is the last call for now: the licence may go back. */
  isLast?: boolean;
  signal: AbortSignal;
  /** Takes every attempt as it was made. */
  attempts?: CallAttempt[];
};

/** Calls one 1C publication and keeps its session; each call waits for the one before, and none is ever sent twice at once. */
export type OnecSession = { call(call: OnecCall): Promise<Response>; isOpen(): boolean };

// The publication says when it will be free; beyond this the poll gives up and comes back at its next turn.
const busyAttemptsMax = 6;
const busyWaitMsMax = 120_000;
const busyWaitMsDefault = 2_000;

export function openOnecSession(connection: OnecConnection): OnecSession {
  const authorization = `Basic ${Buffer.from(`${connection.username}:${connection.password}`, "utf8").toString("base64")}`;
  let cookie: string | undefined;
  // A publication without free licences says 406 to every start; until it is asked again without, nothing works.
  let isRefused = false;

  async function once(call: OnecCall): Promise<Response> {
    const headers: Record<string, string> = { authorization, accept: "*/*" };
    if (call.body !== undefined) headers["content-type"] = "application/json; charset=utf-8";
    if (cookie !== undefined) headers.cookie = `ibsession=${cookie}`;
    if (cookie !== undefined && call.isLast) headers.ibsession = "finish";
    // A write is never the call that begins a session: were it repeated for the session's sake, it might be done twice.
    if (cookie === undefined && !isRefused && call.method === "GET") headers.ibsession = "start";
    const response = await attempted(call.attempts, () =>
      vendorFetch(
        connection.name,
        `${connection.baseUrl}${call.path}`,
        { method: call.method, headers, ...(call.body === undefined ? {} : { body: call.body }) },
        { timeoutMs: call.timeoutMs, signal: call.signal, route: call.route },
      ),
    );
    cookie = call.isLast ? undefined : (startedSession(response) ?? cookie);
    return response;
  }

  async function withSession(call: OnecCall): Promise<Response> {
    const hadCookie = cookie !== undefined;
    try {
      return await once(call);
    } catch (error) {
      if (!(error instanceof VendorError) || error.kind !== "status") throw error;
      if (error.status === 406 && !isRefused) {
        isRefused = true;
        cookie = undefined;
        return await once(call);
      }
      if (!hadCookie || !staleStatuses.has(error.status ?? 0)) throw error;
      cookie = undefined;
      return await once(call);
    }
  }

  return {
    isOpen: () => cookie !== undefined,
    async call(call) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await withSession(call);
        } catch (error) {
          if (!isBusy(error) || attempt >= busyAttemptsMax) throw explained(error);
          await delay(Math.min(error.retryAfterMs ?? busyWaitMsDefault, busyWaitMsMax), undefined, {
            signal: call.signal,
          });
        }
      }
    },
  };
}

/** Until the headers of the answer. */
async function attempted(attempts: CallAttempt[] | undefined, call: () => Promise<Response>): Promise<Response> {
  const startedAt = new Date();
  const startedMs = performance.now();
  const end = (outcome: Partial<CallAttempt>) =>
    attempts?.push({ startedAt, durationMs: performance.now() - startedMs, ...outcome });
  try {
    const response = await call();
    end({ status: response.status });
    return response;
  } catch (error) {
    const status = error instanceof VendorError ? error.status : undefined;
    const text = error instanceof Error ? error.message : String(error);
    end({ error: text, ...(status === undefined ? {} : { status }) });
    throw error;
  }
}

// What a publication answers when the session of the cookie is gone.
const staleStatuses = new Set([400, 404, 500]);

function startedSession(response: Response): string | undefined {
  for (const header of response.headers.getSetCookie()) {
    const value = /^ibsession=([^;]+)/i.exec(header)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}

function isBusy(error: unknown): error is VendorError {
  return error instanceof VendorError && (error.status === 503 || error.status === 429);
}

/** The same error with the sentence 1C gave for it. */
function explained(error: unknown): unknown {
  if (!(error instanceof VendorError) || error.bodyText === undefined) return error;
  const said = onecErrorText(error.bodyText);
  if (said === undefined) return error;
  const { status, retryAfterMs, bodyText } = error;
  return new VendorError(error.kind, `${error.message.split(" <")[0]?.slice(0, 200)}: 1C says "${said}"`, {
    status,
    retryAfterMs,
    bodyText,
    cause: error,
  });
}
