/// <reference lib="webworker" />
// The probe's own thread: it answers while the main thread is busy, from what that thread last wrote into shared memory.

import { type ProbeSlot, probeSlots } from "./probe-slots.ts";

declare const self: Worker;

type Start = { host: string; port: number; stallMs: number; shared: SharedArrayBuffer };

self.onmessage = ({ data }: MessageEvent<Start>) => {
  const slots = new BigInt64Array(data.shared);
  const read = (slot: ProbeSlot) => Number(Atomics.load(slots, probeSlots[slot]));
  const answer = (isGood: boolean, text: string) => new Response(`${text}\n`, { status: isGood ? 200 : 503 });
  try {
    const server = Bun.serve({
      hostname: data.host,
      port: data.port,
      fetch(request) {
        const beatAgeMs = Date.now() - read("beatAt");
        switch (new URL(request.url).pathname) {
          case "/livez":
            return answer(beatAgeMs <= data.stallMs, `last beat ${beatAgeMs} ms ago`);
          case "/readyz":
            return answer(
              read("isReady") === 1 && beatAgeMs <= data.stallMs,
              read("isReady") === 1 ? "ready" : "not ready",
            );
          case "/startupz":
            return answer(read("isStarted") === 1, read("isStarted") === 1 ? "started" : "starting");
          default:
            return new Response("not found\n", { status: 404 });
        }
      },
    });
    postMessage({ port: server.port });
  } catch (error) {
    postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
