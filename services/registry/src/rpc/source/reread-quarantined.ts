import type { RegistryContext } from "../../context.ts";
import type { Reason } from "../../domain/reading.ts";
import type { QuarantinedRaw } from "../../store/quarantine.ts";
import type { ReadRecord } from "../../store/read-batch.ts";
import { readBatch } from "../../store/read-batch.ts";

/** `read` is one record, ready to be saved; `target` the entity that it is about. */
export type Rereading =
  | { accepted: true; read: ReadRecord[]; target: { entity: TargetName; id: string } }
  | { accepted: false; reasons: Reason[] };
type TargetName = (ReadRecord["reading"] & { result: "entity" })["entity"]["entity"];

/** Decodes and validates a refused record by today's rules; nothing is written. Undefined when its source is not configured any more. */
export async function rereadQuarantined(
  { sources }: Pick<RegistryContext, "sources">,
  kept: Pick<QuarantinedRaw, "source" | "raw" | "format">,
): Promise<Rereading | undefined> {
  const configured = sources.get(kept.source);
  if (configured === undefined) return undefined;
  const record = configured.source.reread(kept.raw, kept.format);
  const read = await readBatch([record], configured.records);
  const reading = read[0]?.reading;
  if (reading === undefined || reading.result === "ignored") {
    const text = `found "${record.type}", expected a type that the mapping knows`;
    return { accepted: false, reasons: [{ rule: "unknown_type", attribute: "type", text }] };
  }
  if (reading.result === "refused") return { accepted: false, reasons: [...reading.reasons] };
  const { entity, id } = reading.result === "entity" ? reading.entity : reading.removal;
  return { accepted: true, read, target: { entity, id } };
}
