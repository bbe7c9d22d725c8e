import { createHmac } from "node:crypto";
import { VendorError, vendorFetch } from "@dozor/runtime/vendor-http";
import type { SendOutcome } from "./sender.ts";

export type SignedPost = {
  /** Name of the peer in metrics and errors. */
  peer: string;
  url: string;
  /** As Standard Webhooks writes it, `whsec_` and base64; any other text is taken as it is. */
  secret: string;
  timeoutMs: number;
  /** UUID; equal for repeats. */
  id: string;
  body: string;
  signal: AbortSignal;
};

const excerptMax = 4_000;

/** One HTTP POST with the headers of Standard Webhooks. 5xx, 408, 425, 429 and no answer are "unavailable", any other refusal and every redirect is "refused". */
export async function postSigned({ peer, url, secret, timeoutMs, id, body, signal }: SignedPost): Promise<SendOutcome> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signatureOf(secret, `${id}.${timestamp}.${body}`)}`,
  };
  try {
    const response = await vendorFetch(
      peer,
      url,
      { method: "POST", headers, body },
      { timeoutMs, signal, route: "webhook" },
    );
    return { result: "accepted", status: response.status, excerpt: await beginningOf(response) };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    return outcomeOf(error);
  }
}

function signatureOf(secret: string, content: string): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : secret;
  return createHmac("sha256", key).update(content).digest("base64");
}

function outcomeOf({ status, message, bodyText = "", retryAfterMs }: VendorError): SendOutcome {
  const said = { error: message, excerpt: bodyText.slice(0, excerptMax), ...(status === undefined ? {} : { status }) };
  if (status !== undefined && status < 500 && ![408, 425, 429].includes(status)) return { result: "refused", ...said };
  return { result: "unavailable", ...said, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The status has accepted the message; an answer that breaks off only has a shorter beginning. */
async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= excerptMax) break;
    }
  } catch {
    // As above.
  }
  return text.slice(0, excerptMax);
}
