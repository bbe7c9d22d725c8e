import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { firstPass } from "@dozor/mesh/first-pass";
import { type Mesh, startMesh } from "@dozor/mesh/mesh";
import { freePortBase } from "@dozor/mesh/ports";
import { repositoryRoot } from "@dozor/mesh/repository";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";

const dataDir = temporaryDataDir("dozor-calls-");
const buf = join(repositoryRoot, "node_modules", ".bin", "buf");
let mesh: Mesh;
beforeAll(async () => {
  const options = { dataDir, portBase: await freePortBase(1), console: false, durable: false, scheduled: false };
  mesh = await startMesh({ ...options, assets: 60 });
  await firstPass(mesh);
}, 120_000);
afterAll(async () => {
  await mesh?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

/** What a client that none of us wrote prints; buf speaks reflection and gRPC by libraries of its own. */
async function bufCurl(...args: string[]): Promise<{ exitCode: number; output: string; errors: string }> {
  const client = Bun.spawn([buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", ...args], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors, exitCode] = await Promise.all([
    new Response(client.stdout).text(),
    new Response(client.stderr).text(),
    client.exited,
  ]);
  return { exitCode, output, errors };
}

async function codeByGrpc(grpcUrl: string, method: string): Promise<string> {
  const authorization = `Authorization: Bearer ${mesh.tokens.meshToken}`;
  const { exitCode, errors } = await bufCurl("-H", authorization, "-d", "{}", `${grpcUrl}/${method}`);
  if (exitCode === 0) return "ok";
  // buf prints the error as JSON with its code.
  return /"code":\s*"([a-z_]+)"/.exec(errors)?.[1] ?? errors;
}

async function codeByConnectJson(httpUrl: string, method: string): Promise<string> {
  const response = await fetch(`${httpUrl}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${mesh.tokens.meshToken}` },
    body: "{}",
    signal: AbortSignal.timeout(60_000),
  });
  const answer: { code?: string } = await response.json();
  return response.ok ? "ok" : (answer.code ?? `HTTP ${response.status}`);
}

/** The contract as it was generated: full name of each method, and whether it is a single question with a single answer. */
async function contractMethods(): Promise<Map<string, boolean>> {
  const methods = new Map<string, boolean>();
  const generated = join(repositoryRoot, "proto", "gen", "dozor");
  for await (const file of new Bun.Glob("**/*_pb.ts").scan(generated)) {
    const exported: Record<string, { kind?: string }> = await import(join(generated, file));
    for (const value of Object.values(exported)) {
      if (value.kind !== "service") continue;
      const service = value as DescService;
      for (const { name, methodKind } of service.methods)
        methods.set(`${service.typeName}/${name}`, methodKind === "unary");
    }
  }
  return methods;
}

test("every call of the contract is found by reflection and answered alike by gRPC and by Connect in JSON", async () => {
  const contract = await contractMethods();
  const found = new Set<string>();
  for (const [instance] of Object.values(mesh.services)) {
    if (instance === undefined) continue;
    const { output } = await bufCurl("--list-methods", instance.grpcUrl);
    const methods = output.split("\n").filter((line) => line.startsWith("dozor."));
    for (const method of methods) {
      found.add(method);
      if (contract.get(method) !== true) continue;
      const [byGrpc, byConnect] = [
        await codeByGrpc(instance.grpcUrl, method),
        await codeByConnectJson(instance.httpUrl, method),
      ];
      expect({ method, byConnect }).toEqual({ method, byConnect: byGrpc });
      expect(usualAnswers, method).toContain(byGrpc);
    }
  }
  expect([...found].sort()).toEqual([...contract.keys()].sort());
}, 120_000);

/** What an empty question may be answered: not one of the codes that say that nobody is there or something broke. */
const usualAnswers = ["ok", "invalid_argument", "not_found", "failed_precondition", "permission_denied"];

test("health answers for every service by name", async () => {
  for (const [instance] of Object.values(mesh.services)) {
    if (instance === undefined) continue;
    const { output } = await bufCurl("-d", "{}", `${instance.grpcUrl}/grpc.health.v1.Health/Check`);
    expect(JSON.parse(output)).toEqual({ status: "SERVING" });
  }
});
