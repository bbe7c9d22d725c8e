import { afterEach, expect, test } from "bun:test";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { eventually } from "@dozor/testkit/eventually";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

/** An echo server that counts what reached it, behind a proxy. */
async function echoBehindProxy(
  options: { random?: () => number } = {},
): Promise<{ proxy: TcpProxy; reached: () => string; open: () => Promise<Client> }> {
  let reached = "";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      reached += bytes.toString();
      socket.write(bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the echo server has no port");
  const proxy = stack.use(await startTcpProxy({ port: address.port }, options));
  return { proxy, reached: () => reached, open: () => openClient(proxy.port) };
}

type Client = { socket: Socket; heard: () => string; ending: () => string | undefined };

async function openClient(port: number): Promise<Client> {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  let ending: string | undefined;
  socket.on("data", (bytes: Buffer) => {
    heard += bytes.toString();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    ending = error.code;
  });
  socket.on("end", () => {
    ending ??= "end";
  });
  stack.defer(async () => void socket.destroy());
  await once(socket, "connect");
  return { socket, heard: () => heard, ending: () => ending };
}

async function hears(client: Client, text: string): Promise<void> {
  await eventually(`the client to hear ${text.length} characters`, () => client.heard() === text);
}

test("a healthy link passes bytes both ways and an orderly end", async () => {
  const { proxy, open } = await echoBehindProxy();
  const client = await open();
  const long = "x".repeat(1_000_000);
  client.socket.write(long);
  await hears(client, long);
  client.socket.end();
  await eventually("the end", () => client.ending() === "end");
  expect(proxy.counts).toEqual({
    connections: 1,
    resets: 0,
    cuts: 0,
    disturbed: 0,
    bytes: { "to server": 1_000_000, "to client": 1_000_000 },
  });
});

test("a delayed link delivers later, and pieces overlap instead of adding up", async () => {
  const { proxy, open } = await echoBehindProxy();
  const client = await open();
  proxy.set({ delayMs: 150 });
  const startedAt = performance.now();
  for (let piece = 0; piece < 5; piece += 1) client.socket.write("piece");
  await hears(client, "piece".repeat(5));
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeGreaterThan(295);
  expect(proxy.counts.disturbed).toBeGreaterThan(1);
});

test("what was dropped in one direction passes after healing, and the other direction was open all the time", async () => {
  const { proxy, reached, open } = await echoBehindProxy();
  const client = await open();
  proxy.set({ dropped: "to client" });
  client.socket.write("question");
  await eventually("the question at the server", () => reached() === "question");
  await eventually("the answer held", () => proxy.counts.disturbed > 0);
  expect(client.heard()).toBe("");
  expect(client.ending()).toBeUndefined();
  proxy.heal();
  await hears(client, "question");
});

test("a reset breaks every connection that stands, and the next one is served", async () => {
  const { proxy, open } = await echoBehindProxy();
  const clients = [await open(), await open()];
  for (const client of clients) client.socket.write("hello");
  for (const client of clients) await hears(client, "hello");
  expect(proxy.reset()).toBe(2);
  for (const client of clients) await eventually("the reset", () => client.ending() === "ECONNRESET");
  const next = await open();
  next.socket.write("again");
  await hears(next, "again");
});

test("a refused connection is reset at once, and served again after healing", async () => {
  const { proxy, open } = await echoBehindProxy();
  proxy.set({ refused: true });
  const refused = await open();
  await eventually("the refusal", () => refused.ending() === "ECONNRESET");
  proxy.heal();
  const client = await open();
  client.socket.write("hello");
  await hears(client, "hello");
});

test("a narrow link passes as many bytes a second as it may", async () => {
  const { proxy, open } = await echoBehindProxy();
  const client = await open();
  proxy.set({ bytesPerSecond: 40_000 });
  const startedAt = performance.now();
  client.socket.write("x".repeat(20_000));
  await hears(client, "x".repeat(20_000));
  expect(performance.now() - startedAt).toBeGreaterThan(450);
});

test("a lost reply leaves the work done and the client with a broken connection, once", async () => {
  const { proxy, reached, open } = await echoBehindProxy();
  proxy.cut({ part: "reply", where: "request", like: /commit/, times: 1 });
  const client = await open();
  client.socket.write("begin;");
  await hears(client, "begin;");
  client.socket.write("commit;");
  await eventually("the break", () => client.ending() === "ECONNRESET");
  expect(client.heard()).toBe("begin;");
  expect(reached()).toBe("begin;commit;");
  expect(proxy.counts.cuts).toBe(1);
  const next = await open();
  next.socket.write("commit;");
  await hears(next, "commit;");
});

test("a lost request never reaches the server, and half a reply arrives as half", async () => {
  const { proxy, reached, open } = await echoBehindProxy();
  proxy.cut({ part: "request", where: "request", like: /save/, times: 1 });
  const client = await open();
  client.socket.write("save");
  await eventually("the break", () => client.ending() === "ECONNRESET");
  expect(reached()).toBe("");
  proxy.cut({ part: "half of the reply", where: "reply", like: /long/, times: 1 });
  const next = await open();
  next.socket.write("long reply");
  await eventually("the break", () => next.ending() !== undefined);
  expect(next.heard()).toBe("long ");
});

test("a lost packet is sent again and nobody hears of it; a link with resets breaks", async () => {
  const draws = [0.1, 0.5];
  const { proxy, open } = await echoBehindProxy({ random: () => draws.shift() ?? 0.5 });
  const client = await open();
  proxy.set({ lossShare: 0.2 });
  client.socket.write("hello");
  await hears(client, "hello");
  expect(proxy.counts.disturbed).toBe(1);
  expect(client.ending()).toBeUndefined();
  proxy.set({ resetShare: 1 });
  client.socket.write("again");
  await eventually("the break", () => client.ending() === "ECONNRESET");
});
