import { expect, test } from "bun:test";
import { freePort } from "./free-port.ts";

test("ports given to one process are different, free and below the range of outgoing connections", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
  expect(new Set(ports).size).toBe(20);
  for (const port of ports) {
    expect(port).toBeLessThan(32_768);
    using server = Bun.serve({ port, hostname: "127.0.0.1", fetch: () => new Response("here") });
    expect(server.port).toBe(port);
  }
});
