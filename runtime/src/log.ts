export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";
export type LogFields = Record<string, unknown>;
/** `event` is a constant name such as "asset.imported"; everything that varies goes into the fields. */
export type Log = {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, error: unknown, fields?: LogFields): void;
  child(fields: LogFields): Log;
};
export function createLog(_options: {
  service: string;
  version: string;
  level?: LogLevel;
  write?: (line: string) => void;
}): Log {
  throw new Error("not built yet");
}
/** A log which says nothing, for tests. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog };
export function withRequestLog<T>(_override: { level?: LogLevel; fields?: LogFields }, fn: () => T): T {
  return fn();
}
export function requestLogLevel(): LogLevel | undefined {
  return undefined;
}
