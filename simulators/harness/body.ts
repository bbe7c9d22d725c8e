import type { Fault } from "./faults.ts";

/**
 * The same answer, spoiled as a fault asks, with `finished` called once when its last byte was handed over, when it was
 * broken off, or when the caller went away. `broken` breaks the connection from outside.
 */
export function watchedBody(
  response: Response,
  fault: Fault | null,
  finished: () => void,
  broken: AbortSignal,
): Response {
  if (response.body === null) {
    finished();
    return response;
  }
  const reader = response.body.getReader();
  let sent = 0;
  let ended = false;
  const end = () => {
    if (!ended) finished();
    ended = true;
  };
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      broken.addEventListener("abort", () => {
        end();
        // Bun breaks the connection and prints the reason if it has one.
        controller.error(undefined);
      });
    },
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (broken.aborted) return;
      if (done) {
        end();
        controller.close();
        return;
      }
      const chunk = corrupted(value, fault, sent);
      const limit = fault?.cutAfterBytes ?? fault?.stallAfterBytes;
      if (limit === undefined || sent + chunk.length <= limit) {
        sent += chunk.length;
        controller.enqueue(chunk);
        return;
      }
      if (limit > sent) controller.enqueue(chunk.subarray(0, limit - sent));
      sent = limit;
      await reader.cancel();
      if (fault?.cutAfterBytes === undefined) return new Promise<void>(() => {});
      end();
      controller.error(undefined);
    },
    cancel: async () => {
      end();
      await reader.cancel();
    },
  });
  return new Response(stream, { status: response.status, headers: response.headers });
}

function corrupted(chunk: Uint8Array, fault: Fault | null, sent: number): Uint8Array {
  const { corrupt, repeat } = fault ?? {};
  if (repeat === true) return Buffer.concat([chunk, chunk]);
  if (corrupt === undefined || sent > 0) return chunk;
  const middle = Math.floor(chunk.length / 2);
  const spoiled = Uint8Array.from(chunk);
  spoiled.set(corrupt === "nul" ? [0] : [0xff, 0xfe], middle);
  return spoiled;
}
