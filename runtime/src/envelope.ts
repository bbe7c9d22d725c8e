// A message as a consumer's handler sees it: decoded, with the sender's id and time.

import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";

export type Envelope<M extends DescMessage> = {
  /** The sender's outbox id. */
  id: string;
  message: MessageShape<M>;
  subject: string;
  headers: ReadonlyMap<string, string>;
  /** 1 on the first delivery. */
  deliveryCount: number;
  /** When the sender committed it. */
  occurredAt: Date | undefined;
};

export type Sealed = { subject: string; bytes: Uint8Array; headers: ReadonlyMap<string, string>; count: number };

/** Throws when the message is of another kind or cannot be read: it will never be readable. */
export function openEnvelope<M extends DescMessage>(
  schema: M,
  { subject, bytes, headers, count }: Sealed,
): Envelope<M> {
  const id = messageIdOf(headers) ?? "";
  if (!uuidPattern.test(id)) throw new Error(`decode a message on ${subject}: its id "${id}" is not a UUID`);
  const sent = headers.get("Dozor-Schema");
  if (sent !== undefined && sent !== schema.typeName)
    throw new Error(`decode message ${id}: it is a ${sent}, not a ${schema.typeName}`);
  const occurredMs = Date.parse(headers.get("Dozor-Occurred-At") ?? "");
  const occurredAt = Number.isNaN(occurredMs) ? undefined : new Date(occurredMs);
  return { id, message: fromBinary(schema, bytes), subject, headers, deliveryCount: count, occurredAt };
}

/** Nats-Msg-Id as the inbox knows it: what the sender had to publish under another id than before has "/" and a number behind its own. */
export function messageIdOf(headers: ReadonlyMap<string, string>): string | undefined {
  const id = headers.get("Nats-Msg-Id");
  const own = id?.slice(0, 36) ?? "";
  return uuidPattern.test(own) && /^\/\d+$/.test(id?.slice(36) ?? "") ? own : id;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
