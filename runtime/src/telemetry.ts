// Traces. Spans are made by hand because nothing patches ESM imports on Bun. Promised: ids flow through logs, outbox rows, messages and calls even
// when nothing is exported. Not promised: that every span arrives; the queue drops spans rather than slowing work down.

import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";

export type Telemetry = AsyncDisposable & { flush(): Promise<void> };

export type TelemetryOptions = {
  service: string;
  version: string;
  /** Name of this process among its equals, such as the pod's name. */
  instance: string;
  /** OTLP/HTTP base address such as http://collector:4318; without it spans have ids and are not kept. */
  endpoint?: string | undefined;
  /** Share of new traces which is recorded, 0 to 1. */
  sampleRatio?: number;
  processor?: SpanProcessor;
};

/** Takes the process's tracing over until disposed; a second one in the same process changes nothing. */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const processor = options.processor ?? exportTo(options.endpoint);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": options.service,
      "service.namespace": "dozor",
      "service.version": options.version,
      "service.instance.id": options.instance,
    }),
    sampler: processor === undefined ? new AlwaysOffSampler() : samplerOf(options.sampleRatio ?? 1),
    spanProcessors: processor === undefined ? [] : [processor],
  });
  const isFirst = trace.setGlobalTracerProvider(provider);
  if (isFirst) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  }
  return {
    flush: () => provider.forceFlush(),
    async [Symbol.asyncDispose]() {
      await provider.shutdown();
      if (!isFirst) return;
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

function exportTo(endpoint: string | undefined): SpanProcessor | undefined {
  if (endpoint === undefined || endpoint === "") return undefined;
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces`, timeoutMillis: 5_000 });
  return new BatchSpanProcessor({ exporter, maxQueueSize: 4096, maxExportBatchSize: 512, scheduledDelayMillis: 2_000 });
}

const recordAnyway = createContextKey("dozor record anyway");

/** Inside of `fn` new spans are recorded whatever the sampling ratio says: used for requests which ask for debug logs. */
export function recordedAnyway<T>(fn: () => T): T {
  return context.with(context.active().setValue(recordAnyway, true), fn);
}

function samplerOf(ratio: number): Sampler {
  const usual = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  const always = new AlwaysOnSampler();
  return {
    shouldSample: (parent, traceId, name, kind, attributes, links) =>
      parent.getValue(recordAnyway) === true
        ? always.shouldSample()
        : usual.shouldSample(parent, traceId, name, kind, attributes, links),
    toString: () => `dozor(${ratio})`,
  };
}

export type SpanOptions = {
  kind?: SpanKind;
  attributes?: Attributes;
  /** traceparent of another process which becomes the parent. */
  parent?: string | undefined;
  /** traceparents of other processes which are pointed at. */
  links?: readonly string[];
  /** Begins a new trace even inside of a span. */
  root?: boolean;
};

/** Runs `fn` inside of a span, which ends with it and carries its error. */
export async function span<T>(name: string, options: SpanOptions, fn: (span: Span) => Promise<T>): Promise<T> {
  const opened = openSpan(name, options);
  try {
    return await opened.run(() => fn(opened.span));
  } catch (error) {
    markFailed(opened.span, error);
    throw error;
  } finally {
    opened.span.end();
  }
}

/** A span whose owner ends it; needed for generators, whose body runs in the context of whoever asks for the next item. */
export function openSpan(name: string, options: SpanOptions): { span: Span; run<T>(fn: () => T): T } {
  const links = (options.links ?? []).filter(isTraceparent).flatMap((link) => {
    const linked = trace.getSpanContext(contextOf(link));
    return linked === undefined ? [] : [{ context: linked }];
  });
  const parent =
    options.parent !== undefined ? contextOf(options.parent) : options.root ? ROOT_CONTEXT : context.active();
  const kind = options.kind ?? SpanKind.INTERNAL;
  const opened = trace
    .getTracer("dozor")
    .startSpan(name, { kind, attributes: options.attributes ?? {}, links }, parent);
  const inside = trace.setSpan(parent, opened);
  return { span: opened, run: (fn) => context.with(inside, fn) };
}

/** The id of the span's trace when it is kept, so that a metric may point at it. */
export function sampledTraceId(active: Span): string | undefined {
  const { traceId, traceFlags } = active.spanContext();
  return (traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : traceId;
}

/** Marks a span as failed with the error's name and message. */
export function markFailed(active: Span, error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  active.setAttribute("error.type", name);
  active.setStatus({ code: SpanStatusCode.ERROR, message: message.slice(0, 500) });
}

const isTraceparent = (text: string): boolean => traceparentPattern.test(text);
const traceparentPattern = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The context which has the given traceparent as its remote span; the current one when it is malformed. */
export function contextOf(parent: string): Context {
  if (!isTraceparent(parent)) return context.active();
  return propagation.extract(context.active(), { traceparent: parent });
}

/** The W3C traceparent of the current span, undefined outside of one. */
export function traceparent(): string | undefined {
  const current = trace.getSpanContext(context.active());
  if (current === undefined) return undefined;
  return `00-${current.traceId}-${current.spanId}-${current.traceFlags.toString(16).padStart(2, "0")}`;
}
