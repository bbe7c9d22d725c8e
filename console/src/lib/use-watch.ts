import type { DescMessage, DescMethodServerStreaming, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { useTransport } from "@connectrpc/connect-query";
import { useEffect, useRef, useState } from "react";

export type WatchState = "connecting" | "live" | "waiting" | "paused";

const retryDelayMs = { first: 1_000, max: 30_000 };
// A watch that would never succeed must not be asked for again.
const hopeless = [Code.Unauthenticated, Code.PermissionDenied, Code.InvalidArgument, Code.NotFound, Code.Unimplemented];

/**
 * Keeps a server stream open while the page is seen, and hands every message over. Begins anew after a break, later after each
 * failure in a row; pauses in a hidden tab, because a browser gives an origin only six connections over HTTP/1.1.
 * `input` is compared by its JSON; a stream that ended well is not opened again.
 */
export function useWatch<I extends DescMessage, O extends DescMessage>(
  method: DescMethodServerStreaming<I, O>,
  input: MessageInitShape<I>,
  onMessage: (message: MessageShape<O>) => void,
  { endless, enabled = true }: { endless: boolean; enabled?: boolean },
): WatchState {
  const transport = useTransport();
  const [state, setState] = useState<WatchState>("connecting");
  const handler = useRef(onMessage);
  handler.current = onMessage;
  const newestInput = useRef(input);
  newestInput.current = input;
  const inputKey = JSON.stringify(input, (_, value) => (typeof value === "bigint" ? String(value) : value));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the input is compared by value, through its key.
  useEffect(() => {
    if (!enabled) return;
    let stop = new AbortController();
    const watch = async (signal: AbortSignal) => {
      for (let failures = 0; !signal.aborted; ) {
        setState("connecting");
        try {
          const request = one(newestInput.current);
          const response = await transport.stream(method, signal, 0, undefined, request);
          for await (const message of response.message) {
            failures = 0;
            setState("live");
            handler.current(message);
          }
          if (!endless) return;
        } catch (error) {
          if (signal.aborted) return;
          if (hopeless.includes(ConnectError.from(error).code)) return setState("paused");
        }
        failures += 1;
        setState("waiting");
        await delay(backoffMs(failures), signal);
      }
    };
    const onVisibility = () => {
      stop.abort();
      if (document.visibilityState === "hidden") return setState("paused");
      stop = new AbortController();
      void watch(stop.signal);
    };
    onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      stop.abort();
    };
  }, [transport, method, inputKey, endless, enabled]);
  return state;
}

async function* one<T>(value: T): AsyncIterable<T> {
  yield value;
}

/** Doubles from one second to thirty, less up to a half by chance, so that a restarted service is not met by everybody at once. */
function backoffMs(failures: number, chance = Math.random()): number {
  const full = Math.min(retryDelayMs.max, retryDelayMs.first * 2 ** (failures - 1));
  return full * (1 - chance / 2);
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
