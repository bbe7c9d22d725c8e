import type { ServiceImpl } from "@connectrpc/connect";
import type { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import { principalOf } from "@dozor/runtime/auth";
import type { Database } from "@dozor/runtime/database";
import { redriveConsumer, redriveLetters } from "@dozor/runtime/dead-letter-desk";
import { invalidArgument } from "@dozor/runtime/errors";

export const redriveDeadLetters =
  ({
    database: { sql },
  }: {
    database: Pick<Database, "sql">;
  }): ServiceImpl<typeof DeadLetterService>["redriveDeadLetters"] =>
  async ({ ids, consumer, reason }, call) => {
    if ((ids.length === 0) === (consumer === "")) throw invalidArgument("either ids or a consumer must be named");
    const by = { actor: principalOf(call).subject, reason };
    const redriven =
      consumer === "" ? await redriveLetters(sql, ids.map(Number), by) : await redriveConsumer(sql, consumer, by);
    return { redriven: BigInt(redriven) };
  };
