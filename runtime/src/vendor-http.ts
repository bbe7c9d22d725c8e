// Calls to outside systems. Promised: every call has a deadline for its headers and its body, follows no redirect, is timed and traced, and fails with
// an error that says what was asked of whom. Not promised: retries. Who may repeat a call, and when, is the adapter's knowledge.

import { SpanKind } from "@opentelemetry/api";
import { metrics, runBuckets } from "./metrics.ts";
import { span } from "./telemetry.ts";

export type VendorErrorKind = "network" | "timeout" | "status" | "protocol";

export class VendorError extends Error {
  readonly kind: VendorErrorKind;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Beginning of the body of a refusal, at most 64 KiB. */
  readonly bodyText: string | undefined;
  constructor(
    kind: VendorErrorKind,
    message: string,
    fields: {
      status?: number | undefined;
      retryAfterMs?: number | undefined;
      bodyText?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "VendorError";
    this.kind = kind;
    this.status = fields.status;
    this.retryAfterMs = fields.retryAfterMs;
    this.bodyText = fields.bodyText;
  }
}

export type VendorFetchOptions = {
  /** From the call to the last byte of the body. */
  timeoutMs: number;
  /** Longest silence within the body. Default: timeoutMs. */
  idleTimeoutMs?: number;
  signal?: AbortSignal;
  /** Name of the call in metrics, such as "SelectChanges". Never the address. Default: the method. */
  route?: string;
};

const durations = metrics.histogram({
  name: "http_client_request_duration_seconds",
  help: "Calls of outside systems until the headers of the answer",
  labels: ["peer", "http_route", "http_response_status_code", "error_type"],
  buckets: runBuckets,
});

const refusalBytesMax = 64 * 1024;

/**
 * A 2xx answer; anything else is a VendorError. Redirects are not followed: an outside system must not choose what we call next.
 * The body must be read or cancelled; it fails with a VendorError too.
 */
export async function vendorFetch(
  peer: string,
  url: string | URL,
  init: RequestInit,
  options: VendorFetchOptions,
): Promise<Response> {
  const method = init.method ?? "GET";
  const route = options.route ?? method;
  // The query may carry a key, so it is in no message.
  const what = `${method} ${new URL(url).origin}${new URL(url).pathname} of ${peer}`;
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  const startedAt = performance.now();
  const observe = (status: string, errorType: string) =>
    durations.observe(
      { peer, http_route: route, http_response_status_code: status, error_type: errorType },
      (performance.now() - startedAt) / 1000,
    );
  const response = await span(
    `${method} ${peer}`,
    { kind: SpanKind.CLIENT, attributes: { "http.request.method": method, "server.address": new URL(url).host } },
    async (current) => {
      try {
        // Bun ends a request after five minutes by itself, and 1C may take fifteen.
        // On a connection that is used again Bun repeats by itself a call that was reset: a second call at once, past every limit that we keep.
        const once = { ...init, redirect: "manual", signal, timeout: false, keepalive: false } as const;
        const answer = await fetch(url, once);
        current.setAttribute("http.response.status_code", answer.status);
        observe(String(answer.status), answer.ok ? "" : String(answer.status));
        return answer;
      } catch (cause) {
        const error = brokenOff(what, cause, deadline, options);
        observe("", error instanceof VendorError ? error.kind : "aborted");
        throw error;
      }
    },
  );
  if (!response.ok) throw await refusal(what, response);
  return withGuardedBody(what, response, deadline, options);
}

/** A shutdown is passed on as it is: it is a reason, not a failure of the vendor. */
function brokenOff(what: string, cause: unknown, deadline: AbortSignal, options: VendorFetchOptions): unknown {
  if (cause instanceof VendorError) return cause;
  if (options.signal?.aborted) return options.signal.reason;
  if (deadline.aborted) return new VendorError("timeout", `${what}: no answer in ${options.timeoutMs} ms`, { cause });
  return new VendorError("network", `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

async function refusal(what: string, response: Response): Promise<VendorError> {
  const bodyText = await beginningOf(response);
  return new VendorError("status", `${what}: HTTP ${response.status} ${bodyText.slice(0, 300)}`.trimEnd(), {
    status: response.status,
    retryAfterMs: parseRetryAfter(response.headers.get("retry-after"), new Date()),
    bodyText,
  });
}

async function beginningOf(response: Response): Promise<string> {
  const kept: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      kept.push(chunk.subarray(0, refusalBytesMax - length));
      length += chunk.byteLength;
      if (length >= refusalBytesMax) break;
    }
  } catch {
    // The status is what matters; a body cut short only makes the message shorter.
  }
  return new TextDecoder().decode(Buffer.concat(kept));
}

/** The same answer, whose body fails with a VendorError when it breaks off or goes silent. */
function withGuardedBody(
  what: string,
  response: Response,
  deadline: AbortSignal,
  options: VendorFetchOptions,
): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const idleMs = options.idleTimeoutMs ?? options.timeoutMs;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const silence = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => silence.reject(new VendorError("timeout", `${what}: the body was silent for ${idleMs} ms`)),
        idleMs,
      );
      try {
        const { done, value } = await Promise.race([reader.read(), silence.promise]);
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        controller.error(brokenOff(what, cause, deadline, options));
        await reader.cancel(cause).catch(() => {}); // It has failed already.
      } finally {
        clearTimeout(timer);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

/** The whole body; VendorError "protocol" beyond `bytesMax`. */
export async function readCapped(response: Response, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > bytesMax) throw new VendorError("protocol", `an answer of more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : new Uint8Array(Buffer.concat(chunks));
}

/** Milliseconds until the time named by a Retry-After header (seconds or an HTTP date); undefined when it names none. */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
