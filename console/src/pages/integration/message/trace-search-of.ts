import { Direction, type Message } from "@dozor/proto/integration/v1/queue";
import type { JournalService } from "../integration-services.ts";
import type { TraceSearch } from "../trace/trace-search.ts";

// Under which the calls of a poll stand in the journal.
const polledObject = "poll";

/** What to ask the trace for; undefined for a call that is about no object of a system of record, such as a poll. */
export function traceSearchOf(
  { entityId, direction, source, objectId }: Pick<Message, "entityId" | "direction" | "source" | "objectId">,
  service: JournalService,
): TraceSearch | undefined {
  if (entityId !== "") return { entity: entityId };
  // A refused record became no entity yet; only its source's own id leads to it.
  const isRecord =
    service === "registry" && direction === Direction.INBOUND && objectId !== "" && objectId !== polledObject;
  return isRecord ? { source, id: objectId } : undefined;
}
