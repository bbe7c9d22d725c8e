import { statement, type Tx } from "@dozor/runtime/database";
import { appendOutbound } from "../journal.ts";
import { type Notice, type NoticeChannel, noticeSource } from "./notice-channel.ts";

/**
 * Writes notices into the journal, one per channel and failure: `failure` says how often the message had failed for good, and a second notice of the same
 * failure is not written.
 */
export async function notify(
  tx: Tx,
  channels: readonly Pick<NoticeChannel, "name">[],
  failures: readonly { notice: Notice; failure: number }[],
): Promise<void> {
  const wanted = channels.flatMap(({ name }) =>
    failures.map(({ notice, failure }) => ({ notice, failure, channel: name, noticeId: Bun.randomUUIDv7() })),
  );
  if (wanted.length === 0) return;
  const written = await statement(
    "integration_notice.write",
    tx<{ id: string }[]>`
      insert into integration_notice (record_id, failure, channel, notice_id)
      select * from unnest(
        ${wanted.map(({ notice }) => notice.recordId)}::uuid[], ${wanted.map(({ failure }) => failure)}::integer[],
        ${wanted.map(({ channel }) => channel)}::text[], ${wanted.map(({ noticeId }) => noticeId)}::uuid[]
      )
      on conflict do nothing returning notice_id as id`,
  );
  const isNew = new Set(written.map(({ id }) => id));
  await appendOutbound(
    tx,
    wanted
      .filter(({ noticeId }) => isNew.has(noticeId))
      .map(({ notice, channel, noticeId }) => ({
        recordId: noticeId,
        source: noticeSource(channel),
        objectId: notice.recordId,
        requestType: `notice.${channel}`,
        body: notice,
      })),
  );
}
