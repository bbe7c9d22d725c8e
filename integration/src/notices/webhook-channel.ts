import { postSigned } from "../post-signed.ts";
import { type NoticeChannel, noticeSource } from "./notice-channel.ts";

export type WebhookConfig = { url: string; secret: string; timeoutMs: number };

/** Notices as HTTP POST with the headers of Standard Webhooks: `{type, timestamp, data}`. */
export function webhookChannel({ url, secret, timeoutMs }: WebhookConfig): NoticeChannel {
  return {
    name: "webhook",
    send: (notice, id, signal) =>
      postSigned({
        ...{ peer: noticeSource("webhook"), url, secret, timeoutMs, id, signal },
        body: JSON.stringify({ type: `dozor.integration.${notice.what}`, timestamp: notice.at, data: notice }),
      }),
  };
}
