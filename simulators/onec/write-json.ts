import type { WireRecord, WireValue } from "./wire.ts";

/** An object of the OData interface in JSON: its type by `odata.type`, a removed one as its key with the mark. */
export function odataJson(record: WireRecord): string {
  const type = `"odata.type":"StandardODATA.${record.set}"`;
  if (record.removed) return `{${type},"Ref_Key":"${record.id}","DeletionMark":true}`;
  if (record.raw !== undefined) return `{${type},${record.raw.json}}`;
  return `{${type},${JSON.stringify(plain(record.attributes)).slice(1)}`;
}

/** An item of `GET /changes`. */
export function changeItem(record: WireRecord): string {
  const { set, id, version, deleted, removed, raw, attributes } = record;
  const data = removed
    ? `{"Ref_Key":"${id}","DeletionMark":true}`
    : raw === undefined
      ? JSON.stringify(plain(attributes))
      : `{${raw.json}}`;
  return `{"type":"${set}","id":"${id}","version":"${version}","deleted":${deleted},"data":${data}}`;
}

function plain(attributes: Record<string, WireValue>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null ? value.rows.map(plain) : value,
    ]),
  );
}
