import { Code, ConnectError } from "@connectrpc/connect";

const keys = {
  [Code.Unavailable]: "unavailable",
  [Code.DeadlineExceeded]: "deadline_exceeded",
  [Code.PermissionDenied]: "permission_denied",
  [Code.Unauthenticated]: "unauthenticated",
  [Code.NotFound]: "not_found",
  [Code.InvalidArgument]: "invalid_argument",
  [Code.FailedPrecondition]: "failed_precondition",
  [Code.Aborted]: "aborted",
} as const;
export type ErrorKey = (typeof keys)[keyof typeof keys] | "other";

/** Key of the phrase under `common.error` that says what a failed call means to a person. */
export function errorKey(error: unknown): ErrorKey {
  const { code } = ConnectError.from(error);
  return code in keys ? keys[code as keyof typeof keys] : "other";
}
