import { postSigned } from "../post-signed.ts";
import type { Sender } from "../sender.ts";
import type { ReceiverConfig } from "./read-receivers.ts";

/** Delivers objects to an outside system: `{type, timestamp, data}` with the headers of Standard Webhooks, as in docs/receivers.md. */
export function receiverSender({ name, url, secret, timeoutMs, parallelMax }: ReceiverConfig): Sender {
  return {
    source: name,
    parallelMax,
    isNoticed: true,
    send: ({ recordId, body }, signal) =>
      postSigned({ peer: name, url, secret, timeoutMs, id: recordId, body: JSON.stringify(body), signal }),
  };
}
