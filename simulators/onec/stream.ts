const CHUNK_CHARACTERS = 64 * 1024;

/** A body made piece by piece as the reader takes it, so that an answer of 200 MB never stands in memory. */
export function streamed(
  pieces: Iterable<string>,
  contentType: string,
  headers: Record<string, string> = {},
): Response {
  const source = pieces[Symbol.iterator]();
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        let chunk = "";
        while (chunk.length < CHUNK_CHARACTERS) {
          const { done, value } = source.next();
          if (done === true) {
            if (chunk !== "") controller.enqueue(encoder.encode(chunk));
            controller.close();
            return;
          }
          chunk += value;
        }
        controller.enqueue(encoder.encode(chunk));
      },
    },
    // Nothing is made ahead of the reader.
    { highWaterMark: 0 },
  );
  return new Response(stream, { headers: { "content-type": contentType, ...headers } });
}
