import type { Reread } from "@dozor/integration/rpc/queue/queue-context";
import type { Tx } from "@dozor/runtime/database";
import { failedPrecondition } from "@dozor/runtime/errors";
import type { Context } from "../context.ts";
import type { ReadItem } from "../domain/provider-report.ts";
import { readRefusedBody } from "../store/journal.ts";
import { addPartitions } from "../store/partitions.ts";
import { ingestContacts } from "./ingest-contacts.ts";
import { missingMonths, separateContacts } from "./plausible-contacts.ts";
import { storeDevices } from "./store-devices.ts";
import { storeZones } from "./store-zones.ts";

/** Has a refused item of a provider read again from what was kept of it. A failed call is none: the next poll repeats it. */
export function rereadItem(context: Pick<Context, "providers" | "geography" | "clock">): Reread {
  return async (tx, { recordId, source }) => {
    const body = await readRefusedBody(tx, recordId);
    if (body === undefined) throw failedPrecondition(`message ${recordId} is a call, which the next poll repeats`);
    if (body.isKept) throw failedPrecondition(`the item of message ${recordId} was taken in without its broken part`);
    if (!body.isWhole) throw failedPrecondition(`of the item of message ${recordId} only the beginning was kept`);
    const configured = context.providers.find(({ provider }) => provider.name === source);
    if (configured === undefined) throw failedPrecondition(`provider ${source} is not configured any more`);
    return await take(tx, context, source, configured.provider.readItem(body.kind, body.raw));
  };
}

/** Why it is refused; empty when it was taken in. */
async function take(
  tx: Tx,
  context: Pick<Context, "geography" | "clock">,
  provider: string,
  read: ReadItem,
): Promise<string> {
  const now = context.clock.now();
  switch (read.kind) {
    case "refused":
      return read.reason;
    case "device":
      await storeDevices(tx, provider, [read.item], now);
      return "";
    case "zone":
      await storeZones(tx, provider, [read.item]);
      return "";
    case "contact": {
      const { usable, implausible } = separateContacts([read.item], now);
      const [refused] = implausible;
      if (refused !== undefined) return refused.reason;
      const missing = await missingMonths(tx, usable, now);
      if (missing.length > 0) await addPartitions(tx, missing);
      await ingestContacts(tx, context, provider, usable);
      return "";
    }
  }
}
