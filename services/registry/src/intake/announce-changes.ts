import { appendOutbound } from "@dozor/integration/journal";
import type { ReceiverConfig } from "@dozor/integration/receivers/read-receivers";
import type { Tx } from "@dozor/runtime/database";
import type { RegistryContext } from "../context.ts";
import type { EntityName } from "../domain/entities.ts";
import type { ReceivedKind } from "../store/receiver-load.ts";
import { readEntitiesAsJson } from "./entity-json.ts";

/** Kinds of objects that a receiver may be sent; the same order in which they are saved. */
export const receivableKinds = [
  "nomenclature",
  "counterparty",
  "contact",
  "contract",
  "asset",
] as const satisfies EntityName[];

/** Those that this receiver is sent, in that order. */
export function receivedKinds({ name, objects }: ReceiverConfig): ReceivedKind[] {
  return receivableKinds.filter((kind) => objects.includes(kind)).map((kind) => ({ receiver: name, kind }));
}

/** Writes changed entities into the queues of the receivers that want them. */
export async function announceChanges(
  tx: Tx,
  context: Pick<RegistryContext, "receivers" | "clock">,
  changed: Readonly<Record<EntityName, readonly string[]>>,
): Promise<void> {
  for (const kind of receivableKinds) {
    const wanting = context.receivers.filter(({ objects }) => objects.includes(kind));
    await announceTo(tx, context, wanting, kind, changed[kind]);
  }
}

/** Writes entities of one kind, as RegistryService answers them, into the queues of these receivers. */
export async function announceTo(
  tx: Tx,
  { clock }: Pick<RegistryContext, "clock">,
  receivers: readonly ReceiverConfig[],
  kind: EntityName,
  ids: readonly string[],
): Promise<void> {
  if (receivers.length === 0 || ids.length === 0) return;
  const timestamp = clock.now().toISOString();
  const type = `${kind}.changed`;
  const told = await readEntitiesAsJson(tx, kind, ids);
  await appendOutbound(
    tx,
    receivers.flatMap(({ name }) =>
      told.map(({ row, data }) => ({
        source: name,
        objectId: row.externalId,
        requestType: type,
        objectVersion: String(row.version),
        entityId: row.id,
        body: { type, timestamp, data },
      })),
    ),
  );
}
