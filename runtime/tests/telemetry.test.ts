import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { ExampleService } from "../gen/dozor/example/v1/example_pb.ts";
import { createLog, withRequestLog } from "../src/log.ts";
import { span, startTelemetry, traceparent } from "../src/telemetry.ts";
import { type ExampleServer, exampleServer } from "./example-server.ts";

type Line = {
  message: string;
  "log.level": string;
  "trace.id"?: string;
  labels: Record<string, unknown>;
  error?: { message: string };
};

const exporter = new InMemorySpanExporter();
const telemetry = startTelemetry({
  service: "example",
  version: "1",
  instance: "test",
  sampleRatio: 0,
  processor: new SimpleSpanProcessor({ exporter }),
});
const lines: Line[] = [];
const log = createLog({ service: "example", version: "1", write: (line) => lines.push(JSON.parse(line) as Line) });
let example: ExampleServer;
beforeAll(async () => {
  example = await exampleServer({ log });
});
afterAll(async () => {
  await example[Symbol.asyncDispose]();
  await telemetry[Symbol.asyncDispose]();
});

describe("a line", () => {
  test("carries the trace and the causes of an error, and no secret", async () => {
    lines.length = 0;
    const parent = await span("outer", {}, async () => {
      log.error("asset.import_failed", new Error("import asset A-17", { cause: new Error("HTTP 503") }), {
        token: "abc",
        asset_id: "A-17",
      });
      return traceparent();
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      message: "asset.import_failed",
      "log.level": "error",
      "trace.id": parent?.slice(3, 35),
      labels: { asset_id: "A-17", token: "***", causes: ["Error: HTTP 503"] },
      error: { message: "import asset A-17" },
    });
  });

  test("below the level is written only inside of a request which asked for it", () => {
    lines.length = 0;
    log.debug("asset.compared");
    withRequestLog({ level: "debug", fields: { rpc: "Get" } }, () => log.debug("asset.compared", { same: true }));
    log.debug("asset.compared");
    expect(lines.map(({ labels }) => labels)).toEqual([{ rpc: "Get", same: true }]);
  });
});

describe("a call which asks for debug", () => {
  test.each(["grpc", "connect"])(
    "over %s is recorded whatever the sampling says, and its lines carry its trace",
    async (protocol) => {
      exporter.reset();
      lines.length = 0;
      const { grpcUrl, httpUrl } = example.server;
      const transport =
        protocol === "grpc"
          ? createGrpcTransport({ baseUrl: grpcUrl })
          : createConnectTransport({ baseUrl: httpUrl, httpVersion: "1.1" });
      const client = createClient(ExampleService, transport);
      const call = async (headers: Record<string, string>) => {
        for await (const _ of client.count(
          { count: 2 },
          { headers: { ...headers, authorization: `Bearer ${await example.token("operator")}` } },
        )) {
          // Read to the end.
        }
      };
      await call({});
      expect(exporter.getFinishedSpans()).toHaveLength(0);
      await call({ log_level: "debug" });
      const [recorded] = exporter.getFinishedSpans();
      const exposed = await (await fetch(`${httpUrl}/metrics`)).text();
      expect(exposed).toContain(`# {trace_id="${recorded?.spanContext().traceId}"}`);
      expect(recorded?.name).toBe("dozor.example.v1.ExampleService/Count");
      expect(recorded?.attributes["rpc.status_code"]).toBe("OK");
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({
        message: "rpc.handled",
        "trace.id": recorded?.spanContext().traceId,
        labels: { caller: "u-1", code: "OK" },
      });
    },
  );
});
