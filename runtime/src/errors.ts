import type { ConnectError } from "@connectrpc/connect";

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
  constructor(code: DomainErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "DomainError";
    this.code = code;
  }
}
export const notFound = (kind: string, id: string): DomainError =>
  new DomainError("not_found", `${kind} ${id} does not exist`);
export const invalidArgument = (message: string, cause?: unknown) =>
  new DomainError("invalid_argument", message, { cause });
export const failedPrecondition = (message: string, cause?: unknown) =>
  new DomainError("failed_precondition", message, { cause });
export const alreadyExists = (kind: string, id: string) =>
  new DomainError("already_exists", `${kind} ${id} exists already`);
export const aborted = (message: string, cause?: unknown) => new DomainError("aborted", message, { cause });
export const permissionDenied = (message: string) => new DomainError("permission_denied", message);
export const unauthenticated = (message: string, cause?: unknown) =>
  new DomainError("unauthenticated", message, { cause });
export const resourceExhausted = (message: string) => new DomainError("resource_exhausted", message);
export const unavailable = (message: string, cause?: unknown) => new DomainError("unavailable", message, { cause });
export const outOfRange = (message: string) => new DomainError("out_of_range", message);
export function toConnectError(_error: unknown): ConnectError {
  throw new Error("not built yet");
}
