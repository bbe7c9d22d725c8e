import type { SendOutcome } from "../sender.ts";

/** What the administrator is told. */
export type Notice = {
  /** Which service tells it. */
  service: string;
  what: "message_failed" | "records_refused" | "call_failed";
  /** The message of the journal that it is about. */
  recordId: string;
  source: string;
  objectId: string;
  requestType: string;
  error: string;
  /** ISO 8601. */
  at: string;
  /** How many records were refused, by the rule that refused them. */
  counts?: Record<string, number>;
};

/** One way to reach the administrator. */
export type NoticeChannel = {
  name: "webhook" | "email";
  /** `id` is equal for repeats of one notice. */
  send(notice: Notice, id: string, signal: AbortSignal): Promise<SendOutcome>;
};

/** The queue of a channel's notices. */
export const noticeSource = (channel: NoticeChannel["name"]) => `notice-${channel}`;
