import { createServer } from "node:net";

const portMin = 16_000;
const portMax = 20_900;

/**
 * A TCP port on 127.0.0.1 which nothing listened on a moment ago. Below 32768, out of the kernel's range for outgoing
 * connections, so that no client socket can take it before the test does; and apart from the ports of `./dozor up`.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = portMin + Math.floor(Math.random() * (portMax - portMin));
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
  throw new Error(`find a free port between ${portMin} and ${portMax}: 200 tries were taken`);
}

const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
