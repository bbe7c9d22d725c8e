import { appendOutbound } from "@dozor/integration/journal";
import type { Tx } from "@dozor/runtime/database";
import type { RegistryContext } from "../context.ts";
import type { EntityName } from "../domain/entities.ts";
import { readEntitiesAsJson } from "./entity-json.ts";

/** Kinds of objects that a receiver may be sent; the same order in which they are saved. */
export const receivableKinds = [
  "nomenclature",
  "counterparty",
  "contact",
  "contract",
  "asset",
] as const satisfies EntityName[];

/** Writes changed entities, as RegistryService answers them, into the queues of the receivers that want them. */
export async function announceChanges(
  tx: Tx,
  { receivers, clock }: Pick<RegistryContext, "receivers" | "clock">,
  changed: Readonly<Record<EntityName, readonly string[]>>,
): Promise<void> {
  const timestamp = clock.now().toISOString();
  for (const kind of receivableKinds) {
    const wanting = receivers.filter(({ objects }) => objects.includes(kind));
    if (wanting.length === 0 || changed[kind].length === 0) continue;
    const type = `${kind}.changed`;
    const told = await readEntitiesAsJson(tx, kind, changed[kind]);
    await appendOutbound(
      tx,
      wanting.flatMap(({ name }) =>
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
}
