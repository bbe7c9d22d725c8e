// Structured log lines in the Elastic Common Schema on standard output. An event is a constant name plus fields; one line per outcome.
// Promised: trace ids on every line inside of a span, secrets masked by field name, a level which one request may raise for itself.
// Not promised: that a line survives a killed process.

import { AsyncLocalStorage } from "node:async_hooks";
import { ecsFormat } from "@elastic/ecs-pino-format";
import { context, trace } from "@opentelemetry/api";
import pino from "pino";
import { metrics } from "./metrics.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFields = Record<string, unknown>;

/** `event` is a constant name such as "asset.imported"; everything that varies goes into the fields. */
export type Log = {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, error: unknown, fields?: LogFields): void;
  child(fields: LogFields): Log;
};

export type LogOptions = {
  service: string;
  version: string;
  level?: LogLevel;
  /** Receives each line with its newline instead of standard output. */
  write?: (line: string) => void;
};

export function createLog({ service, version, level = "info", write }: LogOptions): Log {
  const format = ecsFormat({ apmIntegration: false, serviceName: service, serviceVersion: version });
  const options: pino.LoggerOptions = { ...format, level, mixin: traceIds, redact: { paths: masked, censor: "***" } };
  const root = write === undefined ? pino(options) : pino(options, { write });
  return logOver(root, {});
}

/** A log which says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog };

type RequestLog = { level?: LogLevel | undefined; fields?: LogFields };
const requestLogs = new AsyncLocalStorage<RequestLog>();

/** Inside of `fn` lines are written from `level` on and carry `fields`. */
export function withRequestLog<T>(override: RequestLog, fn: () => T): T {
  return requestLogs.run(override, fn);
}

/** The level which the current request asked for, to be handed to the services it calls. */
export function requestLogLevel(): LogLevel | undefined {
  return requestLogs.getStore()?.level;
}

export function isLogLevel(value: string): value is LogLevel {
  return (logLevels as readonly string[]).includes(value);
}

const linesCount = metrics.counter({ name: "log_messages_total", help: "Log lines written", labels: ["level"] });

function logOver(root: pino.Logger, own: LogFields): Log {
  const raised = new Map<LogLevel, pino.Logger>();
  const loggerFor = (level: LogLevel | undefined): pino.Logger => {
    if (level === undefined) return root;
    const known = raised.get(level) ?? root.child({}, { level });
    raised.set(level, known);
    return known;
  };
  const write = (level: Exclude<LogLevel, "trace">, event: string, fields: LogFields, error?: unknown) => {
    const request = requestLogs.getStore();
    const logger = loggerFor(request?.level);
    if (!logger.isLevelEnabled(level)) return;
    linesCount.inc({ level });
    const labels = { ...own, ...request?.fields, ...fields };
    const line: LogFields = { "event.action": event, labels };
    if (typeof labels.durationMs === "number") line["event.duration"] = Math.round(labels.durationMs * 1e6);
    if (error !== undefined) {
      line.err = error instanceof Error ? error : new Error(String(error));
      labels.causes = causesOf(error);
    }
    logger[level](line, event);
  };
  return {
    debug: (event, fields = {}) => write("debug", event, fields),
    info: (event, fields = {}) => write("info", event, fields),
    warn: (event, fields = {}) => write("warn", event, fields),
    error: (event, error, fields = {}) => write("error", event, fields, error),
    child: (fields) => logOver(root, { ...own, ...fields }),
  };
}

function causesOf(error: unknown): string[] | undefined {
  const causes: string[] = [];
  let current = error instanceof Error ? error.cause : undefined;
  while (current !== undefined && causes.length < 8) {
    causes.push(current instanceof Error ? `${current.name}: ${current.message}` : String(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return causes.length === 0 ? undefined : causes;
}

function traceIds(): LogFields {
  const current = trace.getSpanContext(context.active());
  return current === undefined ? {} : { "trace.id": current.traceId, "span.id": current.spanId };
}

const masked = ["password", "secret", "token", "authorization", "apiKey", "key", "cookie"].map(
  (name) => `labels.${name}`,
);
