import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningConsole, startConsole } from "./serve.ts";

const stop = new AbortController();
const heard: { path: string; headers: Headers; body: string }[] = [];
const streamEnded = Promise.withResolvers<void>();
let service: ReturnType<typeof Bun.serve>;
let dead: ReturnType<typeof Bun.serve>;
let dir: string;
let console_: RunningConsole;

beforeAll(async () => {
  service = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      heard.push({ path: pathname, headers: request.headers, body: await request.text() });
      if (!pathname.endsWith("/WatchRun")) return Response.json({ answered: pathname }, { status: 404 });
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
        cancel: () => streamEnded.resolve(),
      });
      return new Response(body, { headers: { "content-type": "application/connect+json" } });
    },
  });
  // A port that nobody listens on: taken, then given back.
  dead = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const deadUrl = dead.url.origin;
  await dead.stop(true);
  dir = await mkdtemp(join(tmpdir(), "dozor-console-"));
  const claims = Buffer.from(JSON.stringify({ sub: "analyst", name: "Анна Ветрова", roles: ["analyst"] }));
  await Bun.write(join(dir, "analyst.jwt"), `header.${claims.toString("base64url")}.signature\n`);
  console_ = await startConsole({
    host: "127.0.0.1",
    port: 0,
    registryUrl: deadUrl,
    trackingUrl: service.url.origin,
    monitoringUrl: [deadUrl, service.url.origin],
    devTokens: { dir },
    signal: stop.signal,
  });
}, 60_000);
afterAll(async () => {
  await console_?.[Symbol.asyncDispose]();
  await service?.stop(true);
  await rm(dir, { recursive: true, force: true });
});

const call = (path: string, init: RequestInit = {}) => fetch(`${console_.url}${path}`, init);
const rpc = (path: string, init: RequestInit = {}) =>
  call(path, { method: "POST", body: "{}", headers: { "content-type": "application/json" }, ...init });

test("a call goes to the instance that takes the connection, with what it means and nothing else", async () => {
  const headers = {
    "content-type": "application/json",
    authorization: "Bearer t",
    cookie: "secret=1",
    "log-level": "debug",
  };
  const answer = await rpc("/dozor.monitoring.v1.TaskService/GetTask", { headers, body: '{"taskId":"1"}' });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ answered: "/dozor.monitoring.v1.TaskService/GetTask" });
  const last = heard.at(-1);
  expect(last?.body).toBe('{"taskId":"1"}');
  expect(last?.headers.get("authorization")).toBe("Bearer t");
  expect(last?.headers.get("log-level")).toBe("debug");
  expect(last?.headers.get("cookie")).toBeNull();
});

test("a service of which no instance answers is unavailable in Connect's own words", async () => {
  const answer = await rpc("/dozor.registry.v1.RegistryService/GetAsset");
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: "unavailable" });
});

test("a stream passes piece by piece, and the service hears when the browser goes away", async () => {
  const leave = new AbortController();
  const answer = await rpc("/dozor.monitoring.v1.RunService/WatchRun", { signal: leave.signal });
  const reader = answer.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first");
  leave.abort();
  await streamEnded.promise;
}, 10_000);

test("a contract that several services serve is asked of the one that the path names", async () => {
  const answer = await rpc("/tracking/dozor.integration.v1.IntegrationQueueService/ListPauses");
  expect(await answer.json()).toEqual({ answered: "/dozor.integration.v1.IntegrationQueueService/ListPauses" });
  const dead = await rpc("/registry/dozor.integration.v1.IntegrationQueueService/ListPauses");
  expect(await dead.json()).toMatchObject({ code: "unavailable", message: expect.stringContaining("call registry:") });
});

test("no other path reaches a service", async () => {
  const before = heard.length;
  for (const path of [
    "/dozor.monitoring.v1.TaskService/../metrics",
    "/metrics",
    "/dozor.other.v1.A/B",
    "/dozor.integration.v1.IntegrationQueueService/ListPauses",
    "/billing/dozor.integration.v1.IntegrationQueueService/ListPauses",
    "/tracking/dozor.monitoring.v1.TaskService/GetTask",
    "/grpc.health.v1.Health/Check",
  ]) {
    await rpc(path);
  }
  expect(heard.length).toBe(before);
});

test("every page is the app, by a policy that allows no foreign and no inline script", async () => {
  const [first, second] = await Promise.all([call("/"), call("/tasks/0d070000-0000-4000-8000-000000000001")]);
  const policy = first.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain("unsafe");
  expect(policy).toContain("frame-ancestors 'none'");
  const nonce = /nonce-([^']+)'/.exec(policy)?.[1] ?? "no nonce";
  const html = await first.text();
  expect(html).toContain(`content="${nonce}"`);
  expect(html).not.toMatch(/<script(?![^>]*src=)/);
  expect(await second.text()).not.toContain(nonce);
});

test("hashed files are kept for good and travel packed, and there is no way out of their directory", async () => {
  const script = /src="([^"]+\.js)"/.exec(await (await call("/")).text())?.[1] ?? "";
  const file = await call(script, { headers: { "accept-encoding": "gzip" } });
  expect(file.headers.get("cache-control")).toContain("immutable");
  expect(file.headers.get("content-type")).toContain("javascript");
  expect((await file.text()).length).toBeGreaterThan(10_000);
  expect((await call("/no-such-file.js")).status).toBe(404);
  expect(await (await call("/..%2f..%2fpackage.json")).text()).toStartWith("<!doctype html>");
});

test("development mode lists its people and gives a token only to whoever opens this machine by name", async () => {
  expect(await (await call("/dev-sign-in/users")).json()).toEqual([
    { user: "analyst", name: "Анна Ветрова", roles: ["analyst"] },
  ]);
  expect(await (await call("/dev-sign-in/users/analyst", { method: "POST" })).text()).toStartWith("header.");
  expect((await call("/dev-sign-in/users/..%2fanalyst", { method: "POST" })).status).toBe(404);
  const stranger = await call("/dev-sign-in/users", { headers: { host: "rebound.example" } });
  expect(stranger.status).toBe(403);
});
