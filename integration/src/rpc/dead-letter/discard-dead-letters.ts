import type { ServiceImpl } from "@connectrpc/connect";
import type { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { principalOf } from "@dozor/runtime/auth";
import type { Database } from "@dozor/runtime/database";
import { discardLetters } from "@dozor/runtime/dead-letter-desk";

export const discardDeadLetters =
  ({
    database: { sql },
  }: {
    database: Pick<Database, "sql">;
  }): ServiceImpl<typeof DeadLetterService>["discardDeadLetters"] =>
  async ({ ids, reason }, call) => {
    const by = { actor: principalOf(call).subject, reason };
    return { discarded: BigInt(await discardLetters(sql, ids.map(Number), by)) };
  };
