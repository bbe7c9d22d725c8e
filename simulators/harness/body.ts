import type { Fault } from "./faults.ts";

const FLUSH_MS = 25;

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
  // An answer without a body is broken off too: its caller gets no answer at all.
  const body = response.body ?? (fault?.cutAfterBytes === undefined ? null : new Blob([]).stream());
  if (body === null) {
    finished();
    return response;
  }
  const reader = body.getReader();
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
      const limit = fault?.cutAfterBytes ?? fault?.stallAfterBytes;
      if (limit !== undefined && sent >= limit) {
        await reader.cancel();
        if (fault?.cutAfterBytes === undefined) return new Promise<void>(() => {});
        // What was handed over must have left, or the caller sees no answer at all instead of half of one.
        await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
        end();
        controller.error(undefined);
        return;
      }
      const { done, value } = await reader.read();
      if (broken.aborted) return;
      if (done) {
        end();
        controller.close();
        return;
      }
      // What goes over the limit is cut off here, the break itself comes with the next piece.
      const chunk = corrupted(value, fault, sent).subarray(0, limit === undefined ? undefined : limit - sent);
      sent += chunk.length;
      controller.enqueue(chunk);
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
