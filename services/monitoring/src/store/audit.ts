import type { Tx } from "@dozor/runtime/database";
import { jsonValue } from "./json-rows.ts";

export type AuditEvent = {
  at: Date;
  actor: { subject: string; name: string };
  /** For example "indicator.publish". */
  action: string;
  objectKind: string;
  objectId: string;
  before?: unknown;
  after?: unknown;
};

export async function insertAuditEvent(tx: Tx, event: AuditEvent): Promise<void> {
  await tx`
    insert into audit_event (at, actor, actor_name, action, object_kind, object_id, before, after)
    values (${event.at}, ${event.actor.subject}, ${event.actor.name}, ${event.action}, ${event.objectKind}, ${event.objectId},
      ${event.before === undefined ? null : jsonValue(tx, event.before)}, ${event.after === undefined ? null : jsonValue(tx, event.after)})`;
}
