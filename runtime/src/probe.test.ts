import { expect, test } from "bun:test";
import { startProbe } from "./probe.ts";

const status = async (url: string) => (await fetch(url)).status;

test("the probe is live at once, started and ready when told so", async () => {
  await using probe = await startProbe({ port: 0 });
  expect(await status(`${probe.url}/livez`)).toBe(200);
  expect(await status(`${probe.url}/startupz`)).toBe(503);
  expect(await status(`${probe.url}/readyz`)).toBe(503);
  probe.setStarted();
  probe.setReady(true);
  expect(await status(`${probe.url}/startupz`)).toBe(200);
  expect(await status(`${probe.url}/readyz`)).toBe(200);
  probe.setReady(false);
  expect(await status(`${probe.url}/readyz`)).toBe(503);
});

test("a main thread that is stuck is answered for by the probe's own thread", async () => {
  await using probe = await startProbe({ port: 0, stallMs: 300 });
  // curl asks from outside while this thread computes and cannot.
  const script = `for i in $(seq 1 100); do code=$(curl -s -o /dev/null -w '%{http_code}' ${probe.url}/livez); [ "$code" = 503 ] && exit 0; done; exit 1`;
  const outside = Bun.spawn(["sh", "-c", script]);
  const until = performance.now() + 900;
  while (performance.now() < until) Math.sqrt(performance.now());
  expect(await outside.exited).toBe(0);
});
