export type VendorErrorKind = "network" | "timeout" | "status" | "protocol";
export class VendorError extends Error {
  readonly kind: VendorErrorKind;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
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
export type VendorFetchOptions = { timeoutMs: number; idleTimeoutMs?: number; signal?: AbortSignal; route?: string };
/** A 2xx answer; anything else is a VendorError. Redirects are not followed. The timeout covers the headers and the body. */
export async function vendorFetch(
  _peer: string,
  _url: string | URL,
  _init: RequestInit,
  _options: VendorFetchOptions,
): Promise<Response> {
  throw new Error("not built yet");
}
/** The whole body, VendorError "protocol" beyond `bytesMax`. */
export async function readCapped(_response: Response, _bytesMax: number): Promise<Uint8Array> {
  throw new Error("not built yet");
}
/** Milliseconds until the time named by a Retry-After header (seconds or an HTTP date). */
export function parseRetryAfter(_header: string | null, _now: Date): number | undefined {
  throw new Error("not built yet");
}
