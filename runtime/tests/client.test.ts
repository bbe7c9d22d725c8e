import { afterAll, beforeAll, expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { ExampleService } from "../gen/dozor/example/v1/example_pb.ts";
import { createGrpcClient } from "../src/client.ts";
import { withRequestLog } from "../src/log.ts";
import { span, startTelemetry, traceparent } from "../src/telemetry.ts";
import { type ExampleServer, exampleServer } from "./example-server.ts";

const telemetry = startTelemetry({ service: "example", version: "1", instance: "test" });
let example: ExampleServer;
beforeAll(async () => {
  example = await exampleServer();
});
afterAll(async () => {
  await example[Symbol.asyncDispose]();
  await telemetry[Symbol.asyncDispose]();
});

const client = (baseUrl = example.server.grpcUrl, timeoutMs = 2_000) =>
  createGrpcClient(ExampleService, { baseUrl, token: () => example.token("service"), timeoutMs });

test("a call carries token, trace and log level of the request it is made for", async () => {
  const answer = await span("outer", {}, async () => ({
    parent: traceparent(),
    response: await withRequestLog({ level: "debug" }, () => client().echo({ text: "a" })),
  }));
  expect(answer.response).toMatchObject({ text: "a", subject: "u-1", logLevel: "debug" });
  expect(answer.response.traceparent.slice(3, 35)).toBe(answer.parent?.slice(3, 35) ?? "no trace");
  expect(answer.response.traceparent).not.toBe(answer.parent ?? "");
});

test("a single call that names no deadline has one", async () => {
  const error = await client(undefined, 120)
    .wait({})
    .catch((reason: unknown) => ConnectError.from(reason));
  expect(error).toMatchObject({ code: Code.DeadlineExceeded });
});

test("a call without side effects is repeated until the other side is there, one with side effects is not", async () => {
  await using gate = await gateTo(example.server.grpcUrl);
  gate.refuse(2);
  expect((await client(gate.url).echo({ text: "again" })).text).toBe("again");
  expect(gate.refused()).toBe(2);
  gate.refuse(1);
  const error = await client(gate.url)
    .fail({ how: "precondition" })
    .catch((reason: unknown) => ConnectError.from(reason));
  expect(error).toMatchObject({ code: Code.Unavailable });
});

/** A TCP proxy which hangs up on the first connections. */
async function gateTo(target: string) {
  let toRefuse = 0;
  let refused = 0;
  const open = new Set<Socket>();
  const server = createServer((incoming) => {
    if (toRefuse > 0) {
      toRefuse -= 1;
      refused += 1;
      incoming.destroy();
      return;
    }
    open.add(incoming);
    void Bun.connect({
      hostname: new URL(target).hostname,
      port: Number(new URL(target).port),
      socket: {
        open: (outgoing) => void incoming.on("data", (bytes) => outgoing.write(bytes)),
        data: (_outgoing, bytes) => void incoming.write(bytes),
        close: () => void incoming.destroy(),
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    refuse: (count: number) => {
      toRefuse = count;
      refused = 0;
    },
    refused: () => refused,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
