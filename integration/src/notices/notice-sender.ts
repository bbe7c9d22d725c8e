import type { Sender } from "../sender.ts";
import { type Notice, type NoticeChannel, noticeSource } from "./notice-channel.ts";

/** Delivers the notices of a channel. One that fails makes no further notice. */
export function noticeSender(channel: NoticeChannel): Sender {
  return {
    source: noticeSource(channel.name),
    parallelMax: 2,
    isNoticed: false,
    // The body is what `notify` wrote.
    send: ({ recordId, body }, signal) => channel.send(body as Notice, recordId, signal),
  };
}
