// Serves a Connect implementation by grpc-js. Bun.serve has no trailers and so no native gRPC; this bridge lets one implementation object answer both.

import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  isMessage,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import type { ConnectError, HandlerContext } from "@connectrpc/connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import type {
  handleUnaryCall,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  StatusObject,
  sendUnaryData,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { toConnectError } from "./errors.ts";
import { type GrpcContext, grpcContext, metadataFrom } from "./grpc-context.ts";
import type { Implementation } from "./route.ts";

export function grpcDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(
    service.methods.map((method) => [
      method.localName,
      {
        path: `/${service.typeName}/${method.name}`,
        originalName: method.localName,
        requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
        responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
        requestSerialize: (value: Message) => serialize(method.input, value),
        requestDeserialize: (bytes: Buffer) => fromBinary(method.input, bytes),
        responseSerialize: (value: Message) => serialize(method.output, value),
        responseDeserialize: (bytes: Buffer) => fromBinary(method.output, bytes),
      },
    ]),
  );
}

function serialize(schema: DescMessage, value: Message): Buffer {
  const bytes = toBinary(schema, isMessage(value, schema) ? value : create(schema, value));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

type Handler = (request: unknown, context: HandlerContext) => unknown;
type SingleCall = ServerUnaryCall<unknown, unknown> | ServerReadableStream<unknown, unknown>;
type StreamCall = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

/** Streams end when `draining` aborts, single calls only when `stopped` does. */
export function grpcImplementation(
  service: DescService,
  implementation: Implementation,
  { draining, stopped }: { draining: AbortSignal; stopped: AbortSignal },
): UntypedServiceImplementation {
  const out: UntypedServiceImplementation = {};
  for (const method of service.methods) {
    const handler = implementation[method.localName] as Handler | undefined;
    if (handler === undefined) continue;
    if (method.methodKind === "unary" || method.methodKind === "client_streaming") {
      out[method.localName] = ((call: SingleCall, answer: sendUnaryData<unknown>) =>
        answerOnce(call, answer, handler, grpcContext(service, method, call, stopped))) as handleUnaryCall<
        unknown,
        unknown
      >;
    } else {
      out[method.localName] = (call: StreamCall) =>
        answerMany(call, handler, grpcContext(service, method, call, draining));
    }
  }
  return out;
}

async function answerOnce(
  call: SingleCall,
  answer: sendUnaryData<unknown>,
  handler: Handler,
  context: GrpcContext,
): Promise<void> {
  try {
    const response = await handler(requestOf(call, context.method), context);
    sendLeading(call, context);
    answer(null, response, context.trailing());
  } catch (error) {
    sendLeading(call, context);
    answer(statusOf(toConnectError(error), context));
  }
}

async function answerMany(call: StreamCall, handler: Handler, context: GrpcContext): Promise<void> {
  try {
    // What a handler of this kind of method returns, by its descriptor.
    const items = handler(requestOf(call, context.method), context) as AsyncIterable<unknown>;
    let isFirst = true;
    for await (const item of items) {
      if (isFirst) sendLeading(call, context);
      isFirst = false;
      if (call.cancelled) return;
      if (!call.write(item)) await writableAgain(call);
    }
    call.end(context.trailing());
  } catch (error) {
    call.emit("error", statusOf(toConnectError(error), context));
  }
}

function requestOf(call: SingleCall | StreamCall, method: DescMethod): unknown {
  if (method.methodKind === "unary" || method.methodKind === "server_streaming")
    return (call as ServerUnaryCall<unknown, unknown>).request;
  // The usual iterator destroys the stream when the client has finished sending, and the status is never sent.
  return (call as ServerReadableStream<unknown, unknown>).iterator({ destroyOnReturn: false });
}

function sendLeading(call: SingleCall | StreamCall, context: GrpcContext): void {
  const leading = context.leading();
  if (leading !== undefined) call.sendMetadata(leading);
}

function writableAgain(call: StreamCall): Promise<void> {
  return new Promise((resolve) => {
    const events = ["drain", "cancelled", "close"];
    const done = () => {
      for (const event of events) call.off(event, done);
      resolve();
    };
    for (const event of events) call.on(event, done);
  });
}

function statusOf(error: ConnectError, context: GrpcContext): Partial<StatusObject> {
  const headers = new Headers(context.responseTrailer);
  setTrailerStatus(headers, error);
  // grpc-js writes these two itself; the details stay in grpc-status-details-bin.
  headers.delete("grpc-status");
  headers.delete("grpc-message");
  return { code: error.code as number, details: error.rawMessage, metadata: metadataFrom(headers) };
}
