import type { Reread } from "@dozor/integration/rpc/queue/queue-context";
import { failedPrecondition } from "@dozor/runtime/errors";
import type { RegistryContext } from "../../context.ts";
import { findOpenQuarantined } from "../../store/quarantine.ts";
import { reprocess } from "./reprocess-quarantined-record.ts";

/** Has the refused record that a failed message tells of read again. A failed call is none: the next poll repeats it. */
export function rereadRecord(context: Pick<RegistryContext, "sources" | "receivers" | "clock">): Reread {
  return async (tx, { recordId, source, objectId, requestType, objectVersion }) => {
    const record = { source, type: requestType, externalId: objectId, sourceVersion: objectVersion };
    const id = await findOpenQuarantined(tx, { ...record, journalRecordId: recordId });
    if (id === undefined) throw failedPrecondition(`nothing in quarantine belongs to message ${recordId}`);
    const { accepted, reasons } = await reprocess(tx, context, id);
    return accepted ? "" : reasons.map(({ rule, attribute, text }) => `${rule} in ${attribute}: ${text}`).join("; ");
  };
}
