import { type DescMessage, fromBinary, toJsonString } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import type { Database } from "@dozor/runtime/database";
import { getLetter } from "@dozor/runtime/dead-letter-desk";
import { notFound } from "@dozor/runtime/errors";
import { deadLetterOf } from "./dead-letter-words.ts";

export const getDeadLetter =
  ({
    database: { sql },
    schemas,
  }: {
    database: Pick<Database, "sql">;
    schemas: readonly DescMessage[];
  }): ServiceImpl<typeof DeadLetterService>["getDeadLetter"] =>
  async ({ id }) => {
    const letter = await getLetter(sql, Number(id));
    if (letter === undefined) throw notFound("dead letter", String(id));
    const { payload, headers } = letter;
    const schema = schemas.find(({ typeName }) => typeName === letter.schema);
    return { deadLetter: deadLetterOf(letter), payload, headers, payloadJson: jsonOf(schema, payload) };
  };

/** Empty when the bytes cannot be read, which may be why they lie here. */
function jsonOf(schema: DescMessage | undefined, payload: Uint8Array): string {
  if (schema === undefined) return "";
  try {
    return toJsonString(schema, fromBinary(schema, payload));
  } catch {
    return "";
  }
}
