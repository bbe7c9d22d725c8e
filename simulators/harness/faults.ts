/** A misbehaviour that an administrator asks of a simulator, for the next calls of an endpoint. */
export interface Fault {
  /** Name of the endpoint as in the counters, `*` (the default) for every one. */
  endpoint: string;
  /** How many calls it spoils, default 1; 0 means until it is taken back. */
  times: number;
  /** Waits before the call is looked at, milliseconds. */
  latencyMs?: number;
  /** Answers this status instead of the true answer, with `body` and `retryAfterSeconds`. */
  status?: number;
  body?: string;
  contentType?: string;
  retryAfterSeconds?: number;
  /** An HTML error page with status 200. */
  htmlPage200?: boolean;
  /** Never answers; the caller has to give up. */
  hang?: boolean;
  /** Does the work, then breaks the connection after so many bytes of the answer. */
  cutAfterBytes?: number;
  /** Does the work, then falls silent after so many bytes of the answer. */
  stallAfterBytes?: number;
  /** Does the work and tells the answer twice in one body. */
  repeat?: boolean;
  /** Puts a null byte, or bytes that are no UTF-8, into the middle of the answer. */
  corrupt?: "nul" | "utf8";
}

export interface FaultBook {
  add(fault: Partial<Fault>): void;
  clear(): void;
  list(): Fault[];
  /** The fault to apply to this call, counted as used. */
  take(endpoint: string): Fault | null;
}

const NUMBERS = ["times", "latencyMs", "status", "retryAfterSeconds", "cutAfterBytes", "stallAfterBytes"] as const;

export function makeFaultBook(): FaultBook {
  const faults: (Fault & { left: number })[] = [];
  return {
    add: (fault) => {
      for (const key of NUMBERS) {
        const value = fault[key];
        if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
          throw new RangeError(`add a fault: ${key} must be a whole number, not ${value}`);
        }
      }
      const times = fault.times ?? 1;
      faults.push({
        ...fault,
        endpoint: fault.endpoint ?? "*",
        times,
        left: times === 0 ? Number.POSITIVE_INFINITY : times,
      });
    },
    clear: () => void faults.splice(0),
    list: () => faults.map(({ left, ...fault }) => ({ ...fault, times: Number.isFinite(left) ? left : 0 })),
    take: (endpoint) => {
      const index = faults.findIndex((fault) => fault.endpoint === "*" || fault.endpoint === endpoint);
      const fault = faults[index];
      if (fault === undefined) return null;
      fault.left--;
      if (fault.left <= 0) faults.splice(index, 1);
      return fault;
    },
  };
}

/** The answer that a fault puts in place of the true one, or null when the work is to be done. */
export function answerInstead(fault: Fault): Response | null {
  if (fault.htmlPage200 === true) {
    return new Response("<!DOCTYPE html><html><body><h1>Сервис временно недоступен</h1></body></html>", {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  }
  if (fault.status === undefined) return null;
  const headers = new Headers({ "content-type": fault.contentType ?? "text/plain; charset=utf-8" });
  if (fault.retryAfterSeconds !== undefined) headers.set("retry-after", String(fault.retryAfterSeconds));
  return new Response(fault.body ?? `fault ${fault.status}`, { status: fault.status, headers });
}
