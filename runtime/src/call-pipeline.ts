// What every call passes before and after its handler, on both ports alike: count, authenticate, raise the log level, trace, admit by role, check the
// request against its contract, run, turn errors into a status. Deny is the default: a method without roles is closed to everybody.

import type { DescMessage, DescMethod, Message } from "@bufbuild/protobuf";
import { createValidator, violationsToProto } from "@bufbuild/protovalidate";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";
import { type Attributes, SpanKind } from "@opentelemetry/api";
import { type Principal, type Role, setPrincipal, type Verifier } from "./auth.ts";
import { permissionDenied, toConnectError, unauthenticated } from "./errors.ts";
import { headerOf } from "./grpc-context.ts";
import { isLogLevel, type Log, type LogLevel, withRequestLog } from "./log.ts";
import { callBuckets, metrics } from "./metrics.ts";
import type { Implementation, Route } from "./route.ts";
import { markFailed, openSpan, recordedAnyway, sampledTraceId } from "./telemetry.ts";

export type PipelineOptions = { verifier: Verifier; log: Log };
type UnaryHandler = (request: unknown, context: HandlerContext) => Promise<Message> | Message;
type StreamHandler = (request: unknown, context: HandlerContext) => AsyncIterable<Message>;

/** The implementation with the pipeline round each method. */
export function guarded({ service, implementation, access }: Route, options: PipelineOptions): Implementation {
  const out: Record<string, unknown> = {};
  for (const method of service.methods) {
    const handler = implementation[method.localName];
    if (typeof handler !== "function") continue;
    const call = createCall(method, access === "open" ? "open" : (access[method.localName] ?? []), options);
    // The descriptor decides the shape of the handler; ServiceImpl says the same in types.
    out[method.localName] =
      method.methodKind === "unary" || method.methodKind === "client_streaming"
        ? single(call, handler.bind(implementation) as UnaryHandler)
        : streaming(call, handler.bind(implementation) as StreamHandler);
  }
  return out;
}

type Call = ReturnType<typeof createCall>;

function single({ open, check }: Call, handler: UnaryHandler) {
  return async (request: unknown, context: HandlerContext) => {
    const call = await open(context);
    try {
      const response = await call.run(async () => await handler(check(call, request), context));
      call.sent();
      call.end();
      return response;
    } catch (error) {
      throw call.end(error);
    }
  };
}

function streaming({ open, check }: Call, handler: StreamHandler) {
  return async function* (request: unknown, context: HandlerContext) {
    const call = await open(context);
    let items: AsyncIterator<Message> | undefined;
    try {
      const started = call.run(() => handler(check(call, request), context)[Symbol.asyncIterator]());
      items = started;
      for (;;) {
        const next = await call.run(() => started.next());
        if (next.done) break;
        call.sent();
        yield next.value;
      }
      call.end();
    } catch (error) {
      throw call.end(error);
    } finally {
      // A caller that leaves early ends the generator here, and so the handler's.
      await call.run(() => items?.return?.());
      call.end(new ConnectError("the caller left", Code.Canceled));
    }
  };
}

function createCall(method: DescMethod, access: readonly Role[] | "open", { verifier, log }: PipelineOptions) {
  const name = `${method.parent.typeName}/${method.name}`;
  const count = countersOf(method);
  const isInputStream = method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
  return {
    async open(context: HandlerContext) {
      const startedMs = performance.now();
      count.started();
      let refusal: unknown;
      const principal = await authenticate(context, access, verifier).catch((error: unknown) => {
        refusal = error;
        return undefined;
      });
      if (principal !== undefined) setPrincipal(context.values, principal);
      const level = levelFor(context, principal);
      const attributes: Attributes = {
        "rpc.system.name": context.protocolName === "connect" ? "connectrpc" : "grpc",
        "rpc.method": name,
      };
      const openTraced = () =>
        openSpan(name, { kind: SpanKind.SERVER, attributes, parent: headerOf(context, "traceparent") ?? undefined });
      const traced = level === undefined ? openTraced() : recordedAnyway(openTraced);
      const fields = { rpc: name, caller: principal?.subject };
      let isEnded = false;
      return {
        refusal,
        received: count.received,
        sent: count.sent,
        run: <T>(fn: () => T): T => traced.run(() => withRequestLog({ level, fields }, fn)),
        /** Idempotent. Answers the status for the caller. */
        end(error?: unknown): ConnectError | undefined {
          const status = error === undefined ? undefined : toConnectError(error);
          if (isEnded) return status;
          isEnded = true;
          const durationMs = performance.now() - startedMs;
          const code = status === undefined ? "OK" : Code[status.code];
          count.ended(code, durationMs / 1_000, sampledTraceId(traced.span));
          this.run(() => writeOutcome(log, name, code, durationMs, status, error));
          traced.span.setAttribute("rpc.status_code", code);
          if (status !== undefined && isServerFault(status.code)) markFailed(traced.span, error);
          traced.span.end();
          return status;
        },
      };
    },
    check(call: { refusal: unknown; received: () => void }, request: unknown): unknown {
      if (call.refusal !== undefined) throw call.refusal;
      if (isInputStream) return checkedItems(method.input, request as AsyncIterable<Message>, call.received);
      call.received();
      validate(method.input, request as Message);
      return request;
    },
  };
}

async function authenticate(
  context: HandlerContext,
  access: readonly Role[] | "open",
  verifier: Verifier,
): Promise<Principal | undefined> {
  if (access === "open") return undefined;
  const header = headerOf(context, "authorization");
  if (header === null || !/^bearer /i.test(header)) throw unauthenticated("this call needs an access token");
  const principal = await verifier.verify(header.slice(7).trim());
  if (!principal.roles.some((role) => access.includes(role))) {
    throw permissionDenied(`${principal.name} may not call ${context.method.name}`);
  }
  return principal;
}

/** Only operators and services may ask for another level: debug lines cost, and may tell more than a user should cause to be kept. */
function levelFor(context: HandlerContext, principal: Principal | undefined): LogLevel | undefined {
  const asked = headerOf(context, "log_level") ?? headerOf(context, "log-level");
  if (asked === null || !isLogLevel(asked)) return undefined;
  return principal?.roles.some((role) => role === "operator" || role === "service") ? asked : undefined;
}

const validator = createValidator();

function validate(schema: DescMessage, message: Message): void {
  const result = validator.validate(schema, message);
  if (result.kind === "valid") return;
  if (result.kind === "error") throw result.error;
  const [value, desc] = violationsToProto(result.violations);
  throw new ConnectError(result.error.message, Code.InvalidArgument, undefined, [{ desc, value }], result.error);
}

async function* checkedItems(schema: DescMessage, items: AsyncIterable<Message>, received: () => void) {
  for await (const item of items) {
    received();
    validate(schema, item);
    yield item;
  }
}

function writeOutcome(
  log: Log,
  rpc: string,
  code: string,
  durationMs: number,
  status: ConnectError | undefined,
  error: unknown,
) {
  const fields = { rpc, code, durationMs };
  if (status === undefined || status.code === Code.Canceled) log.debug("rpc.handled", fields);
  else if (isServerFault(status.code)) log.error("rpc.failed", error, fields);
  else log.info("rpc.refused", { ...fields, reason: status.rawMessage });
}

function isServerFault(code: Code): boolean {
  return [
    Code.Unknown,
    Code.Internal,
    Code.Unavailable,
    Code.DataLoss,
    Code.DeadlineExceeded,
    Code.Unimplemented,
  ].includes(code);
}

const rpcLabels = ["grpc_type", "grpc_service", "grpc_method"] as const;
const startedCount = metrics.counter({ name: "grpc_server_started_total", help: "Calls begun", labels: rpcLabels });
const handledCount = metrics.counter({
  name: "grpc_server_handled_total",
  help: "Calls ended, by status",
  labels: [...rpcLabels, "grpc_code"],
});
const handlingSeconds = metrics.histogram({
  name: "grpc_server_handling_seconds",
  help: "Time from the call to its end",
  labels: rpcLabels,
  buckets: callBuckets,
  exemplars: true,
});
const receivedCount = metrics.counter({
  name: "grpc_server_msg_received_total",
  help: "Messages received",
  labels: rpcLabels,
});
const sentCount = metrics.counter({ name: "grpc_server_msg_sent_total", help: "Messages sent", labels: rpcLabels });
const inFlight = metrics.gauge({ name: "grpc_server_in_flight_requests", help: "Calls going on" });

function countersOf(method: DescMethod) {
  const types = {
    unary: "unary",
    server_streaming: "server_stream",
    client_streaming: "client_stream",
    bidi_streaming: "bidi_stream",
  };
  const labels = {
    grpc_type: types[method.methodKind],
    grpc_service: method.parent.typeName,
    grpc_method: method.name,
  };
  // Children are kept, because looking one up by its labels costs more than counting. The series of success begins at zero, so that rate() has a start.
  const handled = new Map([["OK", handledCount.labels({ ...labels, grpc_code: "OK" })]]);
  handled.get("OK")?.inc(0);
  const started = startedCount.labels(labels);
  const seconds = handlingSeconds.labels(labels);
  const received = receivedCount.labels(labels);
  const sent = sentCount.labels(labels);
  return {
    started() {
      started.inc();
      inFlight.inc();
    },
    received: () => received.inc(),
    sent: () => sent.inc(),
    ended(code: string, durationS: number, traceId: string | undefined) {
      const child = handled.get(code) ?? handledCount.labels({ ...labels, grpc_code: code });
      handled.set(code, child);
      child.inc();
      if (traceId === undefined) seconds.observe(durationS);
      else {
        // prom-client's types take an exemplar's labels for those of the metric.
        const exemplarLabels: Record<string, string> = { trace_id: traceId };
        handlingSeconds.observe({ labels, value: durationS, exemplarLabels });
      }
      inFlight.dec();
    },
  };
}
