import type { ServiceImpl } from "@connectrpc/connect";
import type { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { decodeCursor, encodeCursor } from "@dozor/runtime/cursor";
import type { Database } from "@dozor/runtime/database";
import { countUnsettled, listLetters } from "@dozor/runtime/dead-letter-desk";
import { deadLetterOf, storedState } from "./dead-letter-words.ts";

const pageSizeDefault = 50;

export const listDeadLetters =
  ({
    database: { sql },
  }: {
    database: Pick<Database, "sql">;
  }): ServiceImpl<typeof DeadLetterService>["listDeadLetters"] =>
  async ({ pageSize, pageToken, consumer, state }) => {
    const size = pageSize || pageSizeDefault;
    const [beforeId] = decodeCursor(pageToken, ["number"]) ?? [Number.MAX_SAFE_INTEGER];
    const found = await listLetters(sql, { consumer, state: storedState(state) }, { beforeId, size: size + 1 });
    const page = found.slice(0, size);
    const last = found.length > size ? page.at(-1) : undefined;
    const open = (await countUnsettled(sql)).filter((each) => each.state === "open");
    return {
      deadLetters: page.map(deadLetterOf),
      nextPageToken: last === undefined ? "" : encodeCursor([last.id]),
      openCounts: Object.fromEntries(open.map((each) => [each.consumer, BigInt(each.count)])),
    };
  };
