import { setTimeout as delay } from "node:timers/promises";
import type { ServiceImpl } from "@connectrpc/connect";
import type { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { resourceExhausted } from "@dozor/runtime/errors";
import { listChangedMessages, oldestRunning } from "../../store/queue-changes.ts";
import { counterBounds } from "../../store/queue-filter.ts";
import { countQueueMessages, type QueueMessage } from "../../store/queue-messages.ts";
import { countMax } from "./list-messages.ts";
import type { QueueContext } from "./queue-context.ts";
import { countsOf, messageOf, queueFilter } from "./queue-words.ts";

const lookAgainMs = 1_000;
const changesMax = 500;
const watchersMax = 50;

/**
 * Looks for messages that transactions changed which were not finished at the look before, and leaves out by version what was told already. More changes
 * than one look may tell are told as new counts.
 */
export function watchMessages({
  database: { sql },
}: Pick<QueueContext, "database">): ServiceImpl<typeof IntegrationQueueService>["watchMessages"] {
  let watchers = 0;
  return async function* (request, call) {
    const filter = queueFilter(request.filter);
    const counts = async () => {
      const current = await countQueueMessages(sql, filter, await counterBounds(sql, filter), countMax);
      return { event: { case: "counts" as const, value: countsOf(current) } };
    };
    if (watchers >= watchersMax)
      throw resourceExhausted(`${watchersMax} callers watch the queue of this instance already`);
    watchers += 1;
    try {
      let since = await oldestRunning(sql);
      let told = versionsOf(await listChangedMessages(sql, filter, since, changesMax));
      yield await counts();
      while (!call.signal.aborted) {
        await delay(lookAgainMs, undefined, { signal: call.signal });
        const next = await oldestRunning(sql);
        const seen = await listChangedMessages(sql, filter, since, changesMax + 1);
        since = next;
        if (seen.length > changesMax) yield await counts();
        else
          for (const message of seen)
            if (told.get(message.recordId) !== message.version)
              yield { event: { case: "changed" as const, value: messageOf(message) } };
        told = versionsOf(seen);
      }
    } finally {
      watchers -= 1;
    }
  };
}

function versionsOf(messages: readonly QueueMessage[]): Map<string, number> {
  return new Map(messages.map(({ recordId, version }) => [recordId, version]));
}
