import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { testDirectory } from "@dozor/testkit/test-directory";
import { ExampleService } from "../gen/dozor/example/v1/example_pb.ts";
import { createGrpcClient } from "../src/client.ts";
import { type ExampleServer, exampleServer } from "./example-server.ts";

const dir = testDirectory("dozor-tls-");
const path = (name: string) => join(dir, name);
const openssl = (...args: string[]) => {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { cwd: dir });
  if (exitCode !== 0) throw new Error(`openssl ${args.join(" ")}: ${stderr.toString()}`);
};

function authority(name: string): void {
  openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
    "-subj",
    `/CN=${name}`,
    "-keyout",
    `${name}.key`,
    "-out",
    `${name}.crt`,
  );
}

function certificate(name: string, ca: string): { caFile: string; certFile: string; keyFile: string } {
  writeFileSync(path(`${name}.ext`), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  openssl(
    "req",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-subj",
    `/CN=${name}`,
    "-keyout",
    `${name}.key`,
    "-out",
    `${name}.csr`,
  );
  openssl(
    "x509",
    "-req",
    "-in",
    `${name}.csr`,
    "-CA",
    `${ca}.crt`,
    "-CAkey",
    `${ca}.key`,
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    `${name}.ext`,
    "-out",
    `${name}.crt`,
  );
  return { caFile: path(`${ca}.crt`), certFile: path(`${name}.crt`), keyFile: path(`${name}.key`) };
}

// The product does not need openssl; only these tests make certificates.
describe.skipIf(Bun.which("openssl") === null)("over TLS", () => {
  let example: ExampleServer;
  beforeAll(async () => {
    authority("ca");
    authority("stranger");
    example = await exampleServer({ tls: certificate("server", "ca") });
  });
  afterAll(() => example[Symbol.asyncDispose]());

  const echo = (tls?: { caFile: string; certFile: string; keyFile: string }) => {
    const options = {
      baseUrl: example.server.grpcUrl,
      token: () => example.token("service"),
      timeoutMs: 2_000,
      attemptsMax: 1,
    };
    return createGrpcClient(ExampleService, tls === undefined ? options : { ...options, tls }).echo({ text: "a" });
  };

  test("a caller with a certificate of our authority is answered", async () => {
    expect((await echo(certificate("caller", "ca"))).text).toBe("a");
  });

  test("a caller with a certificate of somebody else's authority is refused", async () => {
    const foreign = { ...certificate("foreign", "stranger"), caFile: path("ca.crt") };
    const error = await echo(foreign).catch((reason: unknown) => ConnectError.from(reason));
    expect(error).toBeInstanceOf(ConnectError);
  });

  test("a server of another authority is not trusted", async () => {
    const error = await echo({ ...certificate("caller2", "ca"), caFile: path("stranger.crt") }).catch(
      (reason: unknown) => ConnectError.from(reason).code,
    );
    expect([Code.Unavailable, Code.Internal, Code.Unknown]).toContain(Number(error));
  });

  test("the browser's port speaks TLS without asking for a certificate", async () => {
    const response = await fetch(`${example.server.httpUrl}/metrics`, { tls: { ca: Bun.file(path("ca.crt")) } });
    expect(response.status).toBe(200);
  });
});
