import { Direction, type Message } from "@dozor/proto/integration/v1/queue";
import type { JournalService } from "../integration-services.ts";
import type { TraceSearch } from "../trace/trace-search.ts";

/** What to ask the trace for; undefined for a call that is about no object of a system of record, such as a poll. */
export function traceSearchOf(
  {
    entityId,
    direction,
    source,
    objectId,
    requestType,
  }: Pick<Message, "entityId" | "direction" | "source" | "objectId" | "requestType">,
  service: JournalService,
): TraceSearch | undefined {
  if (entityId !== "") return { entity: entityId };
  // A refused record became no entity yet; only its source's own id leads to it. Calls go out, records come in.
  const isRecord = service === "registry" && direction === Direction.INBOUND && objectId !== "" && requestType !== "";
  return isRecord ? { source, id: objectId } : undefined;
}
