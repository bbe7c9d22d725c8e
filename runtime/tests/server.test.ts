import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { credentials, Client as GrpcJsClient, Metadata } from "@grpc/grpc-js";
import { ExampleService } from "../gen/dozor/example/v1/example_pb.ts";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../gen/grpc/health/v1/health_pb.ts";
import { grpcDefinition } from "../src/grpc-bridge.ts";
import { startTelemetry } from "../src/telemetry.ts";
import { type ExampleServer, exampleServer } from "./example-server.ts";

let example: ExampleServer;
let token: string;
const telemetry = startTelemetry({ service: "example", version: "1", instance: "test" });
beforeAll(async () => {
  example = await exampleServer();
  token = await example.token("analyst");
});
afterAll(async () => {
  await example[Symbol.asyncDispose]();
  await telemetry[Symbol.asyncDispose]();
});

const transports: Record<string, () => Transport> = {
  grpc: () => createGrpcTransport({ baseUrl: example.server.grpcUrl }),
  "connect over HTTP/2": () => createConnectTransport({ baseUrl: example.server.httpUrl, httpVersion: "2" }),
  "connect as JSON over HTTP/1.1": () =>
    createConnectTransport({ baseUrl: example.server.httpUrl, httpVersion: "1.1", useBinaryFormat: false }),
  "gRPC-Web": () => createGrpcWebTransport({ baseUrl: example.server.httpUrl, httpVersion: "1.1" }),
};

const bearer = (value = token) => ({ headers: { authorization: `Bearer ${value}` } });

async function statusOf(call: Promise<unknown>): Promise<ConnectError> {
  return await call.then(
    () => {
      throw new Error("the call succeeded");
    },
    (error: unknown) => ConnectError.from(error),
  );
}

describe.each(Object.keys(transports))("over %s", (name) => {
  const client = () => {
    const transport = transports[name]?.();
    if (transport === undefined) throw new Error(`no transport ${name}`);
    return createClient(ExampleService, transport);
  };

  test("a call with a valid token is answered and knows its caller", async () => {
    expect(await client().echo({ text: "привет" }, bearer())).toMatchObject({
      text: "привет",
      subject: "u-1",
      logLevel: "",
    });
  });

  test("a call without a token, with a forged one or without the role is refused", async () => {
    expect((await statusOf(client().echo({ text: "a" }))).code).toBe(Code.Unauthenticated);
    expect((await statusOf(client().echo({ text: "a" }, bearer(`${token.slice(0, -4)}AAAA`)))).code).toBe(
      Code.Unauthenticated,
    );
    const roleless = await example.issuer.issue({ subject: "u-2", name: "Никто", roles: [] });
    expect((await statusOf(client().echo({ text: "a" }, bearer(roleless)))).code).toBe(Code.PermissionDenied);
  });

  test("a method whose roles are empty is closed to everybody", async () => {
    expect((await statusOf(client().closed({}, bearer(await example.token("operator", "service"))))).code).toBe(
      Code.PermissionDenied,
    );
  });

  test("a request against the contract is refused with the field that is wrong", async () => {
    const status = await statusOf(client().echo({ text: "" }, bearer()));
    expect(status.code).toBe(Code.InvalidArgument);
    expect(status.rawMessage).toContain("text");
    expect(status.details).toHaveLength(1);
  });

  test("an expected failure tells its reason and an unexpected one only that it happened", async () => {
    const expected = await statusOf(client().fail({ how: "precondition" }, bearer()));
    expect([expected.code, expected.rawMessage]).toEqual([Code.FailedPrecondition, "задача уже закрыта"]);
    const unexpected = await statusOf(client().fail({ how: "crash" }, bearer()));
    expect([unexpected.code, unexpected.rawMessage]).toEqual([Code.Internal, "internal error"]);
    const away = await statusOf(client().fail({ how: "database" }, bearer()));
    expect(away.code).toBe(Code.Unavailable);
    expect(away.rawMessage).not.toContain("secret");
  });

  test("a stream delivers all items in order and keeps its caller", async () => {
    const numbers: number[] = [];
    for await (const { number, subject } of client().count({ count: 200 }, bearer())) {
      expect(subject).toBe("u-1");
      numbers.push(number);
    }
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  test("a stream without a token is refused", async () => {
    const read = async () => {
      for await (const _ of client().count({ count: 1 })) throw new Error("an item arrived");
    };
    expect((await statusOf(read())).code).toBe(Code.Unauthenticated);
  });

  test("a call whose time runs out ends on both sides", async () => {
    expect((await statusOf(client().wait({}, { ...bearer(), timeoutMs: 150 }))).code).toBe(Code.DeadlineExceeded);
  });

  test("the trace of the caller goes on", async () => {
    const parent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
    const headers = { ...bearer().headers, traceparent: parent };
    expect((await client().echo({ text: "a" }, { headers })).traceparent).toStartWith(
      "00-0123456789abcdef0123456789abcdef-",
    );
  });

  test("only operators and services may raise the log level", async () => {
    const echo = async (value: string, header: string) =>
      (await client().echo({ text: "a" }, { headers: { authorization: `Bearer ${value}`, [header]: "debug" } }))
        .logLevel;
    expect(await echo(await example.token("operator"), "log_level")).toBe("debug");
    expect(await echo(await example.token("operator"), "log-level")).toBe("debug");
    expect(await echo(token, "log_level")).toBe("");
  });

  test("health is open and follows readiness", async () => {
    const transport = transports[name]?.();
    if (transport === undefined) throw new Error(`no transport ${name}`);
    const health = createClient(Health, transport);
    expect((await health.check({})).status).toBe(Status.SERVING);
    example.setReady(false);
    expect((await health.check({ service: ExampleService.typeName })).status).toBe(Status.NOT_SERVING);
    example.setReady(true);
    expect((await statusOf(health.check({ service: "nobody" }))).code).toBe(Code.NotFound);
  });
});

test("a client stream is added up and each of its messages is checked", async () => {
  const client = createClient(ExampleService, createGrpcTransport({ baseUrl: example.server.grpcUrl }));
  async function* numbers(...values: number[]) {
    for (const number of values) yield { number };
  }
  expect((await client.add(numbers(1, 2, 3), bearer())).sum).toBe(6);
  expect((await statusOf(client.add(numbers(1, -2), bearer()))).code).toBe(Code.InvalidArgument);
});

test("the stock gRPC client gets an answer and a status with details", async () => {
  const raw = new GrpcJsClient(new URL(example.server.grpcUrl).host, credentials.createInsecure());
  const { echo } = grpcDefinition(ExampleService);
  if (echo === undefined) throw new Error("no echo");
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const call = (text: string) =>
    new Promise<{ text: string }>((resolve, reject) => {
      raw.makeUnaryRequest(
        echo.path,
        echo.requestSerialize,
        echo.responseDeserialize,
        { text },
        metadata,
        (error, value) => (error === null ? resolve(value as unknown as { text: string }) : reject(error)),
      );
    });
  expect((await call("x")).text).toBe("x");
  const refused = await call("").catch((error: { code: number; metadata: Metadata }) => error);
  expect(refused).toMatchObject({ code: Code.InvalidArgument });
  expect("metadata" in refused && refused.metadata.get("grpc-status-details-bin")).toHaveLength(1);
  raw.close();
});

test("a method without side effects answers a GET, and JSON is enough for curl", async () => {
  const headers = { authorization: `Bearer ${token}` };
  const path = `${example.server.httpUrl}/dozor.example.v1.ExampleService/Echo`;
  const query = new URLSearchParams({ encoding: "json", message: JSON.stringify({ text: "get" }) });
  expect(await (await fetch(`${path}?${query}`, { headers })).json()).toMatchObject({ text: "get" });
  const body = JSON.stringify({ text: "post" });
  const posted = await fetch(path, {
    method: "POST",
    body,
    headers: { ...headers, "content-type": "application/json" },
  });
  expect(await posted.json()).toMatchObject({ text: "post" });
});

test("a browser of an allowed origin may call and others may not", async () => {
  const path = `${example.server.httpUrl}/dozor.example.v1.ExampleService/Echo`;
  const preflight = (origin: string) =>
    fetch(path, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  const allowed = await preflight("http://console.test");
  expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([204, "http://console.test"]);
  expect((await preflight("http://evil.test")).status).toBe(403);
});

test("a request larger than the limit is refused", async () => {
  const client = createClient(ExampleService, createGrpcTransport({ baseUrl: example.server.grpcUrl }));
  expect((await statusOf(client.echo({ text: "x".repeat(200_000) }, bearer()))).code).toBe(Code.ResourceExhausted);
  const web = createClient(
    ExampleService,
    createConnectTransport({ baseUrl: example.server.httpUrl, httpVersion: "1.1" }),
  );
  const status = await statusOf(web.echo({ text: "x".repeat(200_000) }, bearer()));
  expect([Code.ResourceExhausted, Code.InvalidArgument, Code.Unknown]).toContain(status.code);
});

test("metrics count calls of both ports in one family", async () => {
  const text = await (await fetch(`${example.server.httpUrl}/metrics`)).text();
  expect(text).toMatch(
    /grpc_server_handled_total\{grpc_type="unary",grpc_service="dozor.example.v1.ExampleService",grpc_method="Echo",grpc_code="OK"\} [1-9]/,
  );
  expect(text).toMatch(/grpc_server_handled_total\{[^}]*grpc_method="Echo",grpc_code="Unauthenticated"\} [1-9]/);
  expect(text).toMatch(/grpc_server_in_flight_requests 0\n/);
  expect(text).toEndWith("# EOF\n");
});

test("a stop ends streams at once, and single calls after the time they are given", async () => {
  const stopping = await exampleServer();
  const headers = { authorization: `Bearer ${await stopping.token("analyst")}` };
  const client = createClient(ExampleService, createGrpcTransport({ baseUrl: stopping.server.grpcUrl }));
  const counted: number[] = [];
  const first = Promise.withResolvers<void>();
  const counting = (async () => {
    for await (const { number } of client.count({ count: 0 }, { headers })) {
      counted.push(number);
      first.resolve();
    }
  })().catch((error: unknown) => error);
  const waiting = client.wait({}, { headers }).catch((error: unknown) => ConnectError.from(error).code);
  await Promise.all([stopping.waiting, first.promise]);
  await stopping[Symbol.asyncDispose]();
  await counting;
  expect(counted).toEqual([1]);
  expect(await waiting).toBe(Code.Unavailable);
});
