import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { parseRetryAfter, readCapped, VendorError, vendorFetch } from "./vendor-http.ts";

function vendor(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return { url: server.url.href, [Symbol.asyncDispose]: () => server.stop(true) };
}

async function failureOf(work: Promise<unknown>): Promise<VendorError> {
  const error = await work.then(() => undefined).catch((reason: unknown) => reason);
  if (!(error instanceof VendorError)) throw new Error(`expected a VendorError, got ${String(error)}`);
  return error;
}

test("a refusal carries status, body and when to come again", async () => {
  await using busy = vendor(() => new Response("занято", { status: 503, headers: { "retry-after": "7" } }));
  const error = await failureOf(vendorFetch("1c", `${busy.url}hs/changes?key=secret`, {}, { timeoutMs: 2_000 }));
  expect(error).toMatchObject({ kind: "status", status: 503, retryAfterMs: 7_000, bodyText: "занято" });
  expect(error.message).toContain("GET");
  expect(error.message).not.toContain("secret");
});

test("a redirect is a refusal and is not followed", async () => {
  let followed = false;
  await using target = vendor(() => {
    followed = true;
    return new Response("inside");
  });
  await using moved = vendor(() => Response.redirect(target.url, 302));
  expect(await failureOf(vendorFetch("1c", moved.url, {}, { timeoutMs: 2_000 }))).toMatchObject({ status: 302 });
  expect(followed).toBe(false);
});

test("an answer that does not come in time is a timeout", async () => {
  await using slow = vendor(() => new Promise<Response>(() => {}));
  expect(await failureOf(vendorFetch("1c", slow.url, {}, { timeoutMs: 50 }))).toMatchObject({ kind: "timeout" });
});

test("a body that goes silent is a timeout", async () => {
  await using silent = vendor(
    () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([123])) })),
  );
  const response = await vendorFetch("1c", silent.url, {}, { timeoutMs: 5_000, idleTimeoutMs: 50 });
  expect(await failureOf(readCapped(response, 1_000))).toMatchObject({ kind: "timeout" });
});

test("a body that breaks off is a network failure, never a short answer", async () => {
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
      socket.end();
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const read = vendorFetch("1c", `http://127.0.0.1:${address.port}/`, {}, { timeoutMs: 2_000 }).then((response) =>
    readCapped(response, 1_000),
  );
  expect(await failureOf(read)).toMatchObject({ kind: "network" });
  server.close();
});

test("nobody listening is a network failure", async () => {
  const error = await failureOf(vendorFetch("1c", "http://127.0.0.1:1/", {}, { timeoutMs: 2_000 }));
  expect(error).toMatchObject({ kind: "network" });
});

test("a shutdown is passed on as its own reason", async () => {
  await using slow = vendor(() => new Promise<Response>(() => {}));
  const stop = new AbortController();
  const call = vendorFetch("1c", slow.url, {}, { timeoutMs: 5_000, signal: stop.signal });
  stop.abort(new Error("shutting down"));
  await expect(call).rejects.toThrow("shutting down");
});

test("an answer larger than its cap is refused", async () => {
  await using large = vendor(() => new Response("x".repeat(2_000)));
  const response = await vendorFetch("1c", large.url, {}, { timeoutMs: 2_000 });
  expect(await failureOf(readCapped(response, 1_000))).toMatchObject({ kind: "protocol" });
});

test("Retry-After is read as seconds or as a date", () => {
  const now = new Date("2026-11-22T10:00:00Z");
  expect(parseRetryAfter("120", now)).toBe(120_000);
  expect(parseRetryAfter("Sun, 22 Nov 2026 10:00:30 GMT", now)).toBe(30_000);
  expect(parseRetryAfter("Sun, 22 Nov 2026 09:00:00 GMT", now)).toBe(0);
  expect(parseRetryAfter("soon", now)).toBeUndefined();
  expect(parseRetryAfter(null, now)).toBeUndefined();
});

test("a call whose connection is reset reaches the vendor once, even when an earlier one succeeded", async () => {
  let calls = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => {
      calls += 1;
      if (calls === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      else socket.resetAndDestroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const call = () => vendorFetch("vendor", `http://127.0.0.1:${port}/`, {}, { timeoutMs: 5_000 });
    expect(await (await call()).text()).toBe("ok");
    await expect(call()).rejects.toThrow("of vendor");
    expect(calls).toBe(2);
  } finally {
    server.close();
  }
});
