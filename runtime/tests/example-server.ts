import type { ServiceImpl } from "@connectrpc/connect";
import { temporaryDirectory } from "@dozor/testkit/temporary-directory";
import { ExampleService } from "../gen/dozor/example/v1/example_pb.ts";
import { createLocalIssuer, createVerifier, type LocalIssuer, principalOf, type Role } from "../src/auth.ts";
import { failedPrecondition, notFound } from "../src/errors.ts";
import { type Log, requestLogLevel, silentLog } from "../src/log.ts";
import { route, type Server, startServer, type TlsFiles } from "../src/server.ts";
import { traceparent } from "../src/telemetry.ts";

export type ExampleServer = AsyncDisposable & {
  server: Server;
  issuer: LocalIssuer;
  token(...roles: Role[]): Promise<string>;
  /** Resolves when a Wait call has been received. */
  waiting: Promise<void>;
  setReady(isReady: boolean): void;
};

const everybody: readonly Role[] = ["viewer", "analyst", "lead", "operator", "service"];

export async function exampleServer({
  log = silentLog,
  tls,
}: {
  log?: Log;
  tls?: TlsFiles;
} = {}): Promise<ExampleServer> {
  const dir = temporaryDirectory("dozor-issuer-", 0o700);
  const issuer = await createLocalIssuer({ dir: dir.path });
  const waiting = Promise.withResolvers<void>();
  let isReady = true;
  const server = await startServer({
    grpcPort: 0,
    httpPort: 0,
    routes: [
      route(ExampleService, implementation(waiting.resolve), {
        echo: everybody,
        fail: everybody,
        count: everybody,
        add: everybody,
        wait: everybody,
        closed: [],
      }),
    ],
    verifier: createVerifier(issuer),
    log,
    isReady: () => isReady,
    allowedOrigins: ["http://console.test"],
    requestBytesMax: 100_000,
    drainMs: 1_000,
    ...(tls === undefined ? {} : { tls }),
  });
  return {
    server,
    issuer,
    token: (...roles) => issuer.issue({ subject: "u-1", name: "Анна", roles }),
    waiting: waiting.promise,
    setReady: (next) => {
      isReady = next;
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      dir[Symbol.dispose]();
    },
  };
}

function implementation(onWait: () => void): ServiceImpl<typeof ExampleService> {
  return {
    echo: ({ text }, context) => ({
      text,
      subject: principalOf(context).subject,
      logLevel: requestLogLevel() ?? "",
      traceparent: traceparent() ?? "",
    }),
    fail({ how }) {
      if (how === "precondition") throw failedPrecondition("задача уже закрыта");
      if (how === "missing") throw notFound("asset", "A-17");
      if (how === "database") throw Object.assign(new Error("password=secret refused"), { code: "ECONNREFUSED" });
      throw new Error("a secret detail");
    },
    async *count({ count }, context) {
      for (let number = 1; count === 0 || number <= count; number++) {
        if (context.signal.aborted) return;
        await Promise.resolve();
        yield { number, subject: principalOf(context).subject };
        if (count === 0) await aborted(context.signal);
      }
    },
    async add(requests) {
      let sum = 0;
      for await (const { number } of requests) sum += number;
      return { sum };
    },
    async wait(_request, { signal }) {
      onWait();
      await aborted(signal);
      throw signal.reason;
    },
    closed: () => ({}),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
