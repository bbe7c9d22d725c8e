import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { PreviewQuarantinedRecordsResponseSchema, SourceService } from "@dozor/proto/registry/v1/source";
import { yieldNow } from "@dozor/runtime/slices";
import type { RegistryContext } from "../../context.ts";
import { listOpenRaw } from "../../store/quarantine.ts";
import { rereadQuarantined } from "./reread-quarantined.ts";

/** A record may be a megabyte. */
const recordsPerPage = 10;

export const previewQuarantinedRecords = (
  context: RegistryContext,
): ServiceImpl<typeof SourceService>["previewQuarantinedRecords"] =>
  async function* (
    filter,
    { signal },
  ): AsyncGenerator<MessageInitShape<typeof PreviewQuarantinedRecordsResponseSchema>> {
    const counts = { readCount: 0n, acceptedCount: 0n };
    const refusedByRule: Record<string, bigint> = {};
    const acceptedByFormerRule: Record<string, bigint> = {};
    const count = (counter: Record<string, bigint>, rule: string) => {
      counter[rule] = (counter[rule] ?? 0n) + 1n;
    };
    for (let after: { receivedAt: string; id: string } | undefined; ; ) {
      signal.throwIfAborted();
      const page = await listOpenRaw(context.database.sql, filter, { after, size: recordsPerPage });
      const acceptedIds: string[] = [];
      for (const kept of page) {
        const rereading = await rereadQuarantined(context, kept);
        counts.readCount += 1n;
        if (rereading?.accepted) {
          counts.acceptedCount += 1n;
          acceptedIds.push(kept.id);
          count(acceptedByFormerRule, kept.reasons[0]?.rule ?? "unknown");
        } else {
          count(
            refusedByRule,
            rereading === undefined ? "source_not_configured" : (rereading.reasons[0]?.rule ?? "unknown"),
          );
        }
        await yieldNow();
      }
      const last = page.at(-1);
      const finished = page.length < recordsPerPage || last === undefined;
      yield { ...counts, refusedByRule, acceptedByFormerRule, acceptedIds, finished };
      if (finished) return;
      after = { receivedAt: last.place, id: last.id };
    }
  };
