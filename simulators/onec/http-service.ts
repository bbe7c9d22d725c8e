import type { Base, Verdict } from "./base.ts";
import { streamed } from "./stream.ts";
import { changeItem } from "./write-json.ts";

export interface HttpServiceContext {
  base: Base;
  /** A byte order mark before the JSON, as some publications put it. */
  bom: boolean;
  /** The share of items before which an older state of the same object is told in the same batch. */
  twiceShare: number;
  /** Numbers the batches of one base. */
  nextBatch(): number;
  log(entry: AckLogEntry): void;
}

export interface AckLogEntry {
  at: string;
  way: "odata" | "http";
  batch: string;
  accepted: number;
  rejected: number;
  ignored: number;
}

export const CHANGES_LIMIT_MAX = 5000;
const CHANGES_LIMIT_DEFAULT = 1000;
const JSON_TYPE = "application/json; charset=utf-8";

/** `GET /changes`: what waits, oldest first; whatever is not acknowledged comes again. */
export function answerChanges(context: HttpServiceContext, request: Request, url: URL): Response {
  if (request.method !== "GET") return problem(405, "GET");
  const limit = Number(url.searchParams.get("limit") ?? CHANGES_LIMIT_DEFAULT);
  if (!Number.isInteger(limit) || limit < 1 || limit > CHANGES_LIMIT_MAX)
    return problem(400, `limit от 1 до ${CHANGES_LIMIT_MAX}`);
  const queue = context.base.registrations.http;
  const slots = queue.first(limit);
  if (slots.length === 0) return new Response(null, { status: 204 });
  const hasMore = queue.waiting() > slots.length;
  return streamed(batch(context, slots, hasMore, limit), JSON_TYPE);
}

/** `POST /ack`: by object and version; strangers and older versions change nothing. */
export async function answerAck(context: HttpServiceContext, request: Request): Promise<Response> {
  if (request.method !== "POST") return problem(405, "POST");
  const posted: unknown = await request.json().catch(() => null);
  if (typeof posted !== "object" || posted === null) return problem(400, "тело не JSON");
  const { batchId, accepted = [], rejected = [] } = posted as Record<string, unknown>;
  if (typeof batchId !== "string" || !Array.isArray(accepted) || !Array.isArray(rejected))
    return problem(400, "нет batchId, accepted или rejected");
  const log: AckLogEntry = {
    at: new Date().toISOString(),
    way: "http",
    batch: batchId,
    accepted: 0,
    rejected: 0,
    ignored: 0,
  };
  const take = (list: unknown[], verdict: Verdict) => {
    for (const one of list) {
      const { type, id, version, code, text } = (typeof one === "object" && one !== null ? one : {}) as Record<
        string,
        unknown
      >;
      const slot = typeof type === "string" && typeof id === "string" ? context.base.slotOf(type, id) : -1;
      if (slot < 0 || typeof version !== "string") {
        log.ignored++;
        continue;
      }
      log[verdict]++;
      context.base.acknowledge("http", slot, version, verdict, {
        ...(typeof code === "string" ? { code } : {}),
        ...(typeof text === "string" ? { text } : {}),
      });
    }
  };
  take(accepted, "accepted");
  take(rejected, "rejected");
  context.log(log);
  return Response.json({});
}

function* batch(
  context: HttpServiceContext,
  slots: readonly number[],
  hasMore: boolean,
  limit: number,
): Generator<string> {
  yield `${context.bom ? "\uFEFF" : ""}{"batchId":"b-${context.nextBatch()}","hasMore":${hasMore},"items":[`;
  let told = 0;
  let room = limit - slots.length;
  for (const slot of slots) {
    const record = context.base.record(slot);
    const older = room > 0 && isTwice(slot, context.twiceShare) && record.raw === undefined && !record.removed;
    if (older) {
      room--;
      const attributes = { ...record.attributes, DataVersion: "AAAAAAAAAAE=", Description: "(прежняя запись)" };
      yield (told++ > 0 ? ",\n" : "\n") + changeItem({ ...record, version: "AAAAAAAAAAE=", attributes });
    }
    yield (told++ > 0 ? ",\n" : "\n") + changeItem(record);
  }
  yield "\n]}";
}

function isTwice(slot: number, share: number): boolean {
  return share > 0 && slot % Math.round(1 / share) === 3;
}

function problem(status: number, text: string): Response {
  return new Response(`Ошибка HTTP-сервиса: ${text}`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
