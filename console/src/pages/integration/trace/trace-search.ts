import { searchText } from "../../../lib/search-text.ts";

/** What is traced, in the address bar: an entity by its id, or an object as its source writes it. */
export type TraceSearch = { entity?: string; source?: string; id?: string };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readTraceSearch(raw: Record<string, unknown>): TraceSearch {
  const entity = searchText(raw.entity, 36)?.trim();
  if (entity !== undefined && uuid.test(entity)) return { entity };
  const source = searchText(raw.source, 64)?.trim();
  const id = searchText(raw.id, 300)?.trim();
  return { ...(source === undefined ? {} : { source }), ...(id === undefined ? {} : { id }) };
}

/** What a person typed: with no source it must be an id of ours. */
export function searchOfTyped(source: string, id: string): TraceSearch {
  return readTraceSearch(source.trim() === "" ? { entity: id.trim() } : { source, id });
}

/** The question to the service; undefined while not enough was typed. */
export function requestOf({ entity, source, id }: TraceSearch) {
  if (entity !== undefined) return { entityId: entity, source: "", externalId: "" };
  return source !== undefined && id !== undefined ? { entityId: "", source, externalId: id } : undefined;
}
