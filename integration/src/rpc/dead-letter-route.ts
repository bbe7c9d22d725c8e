import type { DescMessage } from "@bufbuild/protobuf";
import { DeadLetterService } from "@dozor/proto/integration/v1/dead_letter";
import type { Database } from "@dozor/runtime/database";
import type { Route } from "@dozor/runtime/route";
import { route } from "@dozor/runtime/server";
import { queueKeepers } from "./access.ts";
import { discardDeadLetters } from "./dead-letter/discard-dead-letters.ts";
import { getDeadLetter } from "./dead-letter/get-dead-letter.ts";
import { listDeadLetters } from "./dead-letter/list-dead-letters.ts";
import { redriveDeadLetters } from "./dead-letter/redrive-dead-letters.ts";

/** The dead letters of a service; `schemas` are the messages it consumes, shown as JSON. */
export function deadLetterRoute(context: { database: Pick<Database, "sql">; schemas: readonly DescMessage[] }): Route {
  return route(
    DeadLetterService,
    {
      listDeadLetters: listDeadLetters(context),
      getDeadLetter: getDeadLetter(context),
      redriveDeadLetters: redriveDeadLetters(context),
      discardDeadLetters: discardDeadLetters(context),
    },
    {
      listDeadLetters: queueKeepers,
      getDeadLetter: queueKeepers,
      redriveDeadLetters: queueKeepers,
      discardDeadLetters: queueKeepers,
    },
  );
}
