// What may go wrong, and what a caller is told of it. A DomainError is expected: its message is for the caller. Everything else reaches the caller as a
// code and a generic sentence, while the whole cause chain goes to the log. This is the only place where errors become status codes.

import { Code, ConnectError } from "@connectrpc/connect";

export type DomainErrorCode =
  | "not_found"
  | "invalid_argument"
  | "failed_precondition"
  | "already_exists"
  | "aborted"
  | "permission_denied"
  | "unauthenticated"
  | "resource_exhausted"
  | "unavailable"
  | "out_of_range";

export class DomainError extends Error {
  readonly code: DomainErrorCode;

  constructor(code: DomainErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "DomainError";
    this.code = code;
  }
}

export const notFound = (kind: string, id: string) => new DomainError("not_found", `${kind} ${id} does not exist`);
export const alreadyExists = (kind: string, id: string) =>
  new DomainError("already_exists", `${kind} ${id} exists already`);
export const invalidArgument = (message: string, cause?: unknown) =>
  new DomainError("invalid_argument", message, cause);
export const failedPrecondition = (message: string, cause?: unknown) =>
  new DomainError("failed_precondition", message, cause);
/** Somebody else changed it first: read again and repeat. */
export const aborted = (message: string, cause?: unknown) => new DomainError("aborted", message, cause);
export const permissionDenied = (message: string) => new DomainError("permission_denied", message);
export const unauthenticated = (message: string, cause?: unknown) => new DomainError("unauthenticated", message, cause);
export const resourceExhausted = (message: string) => new DomainError("resource_exhausted", message);
export const unavailable = (message: string, cause?: unknown) => new DomainError("unavailable", message, cause);
export const outOfRange = (message: string) => new DomainError("out_of_range", message);

const codes: Record<DomainErrorCode, Code> = {
  not_found: Code.NotFound,
  invalid_argument: Code.InvalidArgument,
  failed_precondition: Code.FailedPrecondition,
  already_exists: Code.AlreadyExists,
  aborted: Code.Aborted,
  permission_denied: Code.PermissionDenied,
  unauthenticated: Code.Unauthenticated,
  resource_exhausted: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
  out_of_range: Code.OutOfRange,
};

/** The status for a caller. The original error stays in `cause`. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof DomainError)
    return new ConnectError(error.message, codes[error.code], undefined, undefined, error);
  const status = (message: string, code: Code) => new ConnectError(message, code, undefined, undefined, error);
  const { name, code } = nameAndCode(error);
  if (name === "AbortError" || name === "CanceledError") return status("the call was cancelled", Code.Canceled);
  if (name === "TimeoutError" || code === "57014")
    return status("the time for this call ran out", Code.DeadlineExceeded);
  if (isConflict(error)) return status("another change got in between, please repeat", Code.Aborted);
  if (isUnavailable(error))
    return status("a system this service depends on is not available, please repeat later", Code.Unavailable);
  return status("internal error", Code.Internal);
}

/** Whether the error says that Postgres, NATS or the network is away, so that trying the same again later makes sense. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DomainError) return error.code === "unavailable";
  if (error instanceof ConnectError) return error.code === Code.Unavailable;
  const { name, code } = nameAndCode(error);
  if (name === "VendorError") return true;
  if (name === "NatsError") return true;
  return unavailableCodes.has(code) || code.startsWith("08") || code.startsWith("53");
}

/** Serialization failure or deadlock: nothing was written, and the same transaction may succeed when repeated. */
export function isConflict(error: unknown): boolean {
  const { code } = nameAndCode(error);
  return code === "40001" || code === "40P01";
}

/** The messages of the error and of its causes in one line. */
export function reasonOf(error: unknown): string {
  const parts: string[] = [];
  for (let current = error; current !== undefined && parts.length < 8; ) {
    parts.push(current instanceof Error ? current.message : String(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(": ");
}

function nameAndCode(error: unknown): { name: string; code: string } {
  if (typeof error !== "object" || error === null) return { name: "", code: "" };
  const { name, code } = error as { name?: unknown; code?: unknown };
  return { name: typeof name === "string" ? name : "", code: typeof code === "string" ? code : "" };
}

// Class 57P is an operator stopping the server, 25006 a server which became a standby; the rest are postgres.js and socket codes.
const unavailableCodes = new Set([
  "57P01",
  "57P02",
  "57P03",
  "57P05",
  "25006",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ConnectionRefused",
  "ConnectionClosed",
]);
