import { type AttributeReader, attributeReader, type Collected, type ReadingRules } from "./attribute-reader.ts";
import { readBoolean, readReference, readText } from "./attribute-values.ts";
import type { Entity, EntityHeader, EntityName, Removal } from "./entities.ts";
import type { JsonObject } from "./json.ts";
import type { Mapping } from "./mapping.ts";
import { readAsset } from "./read-asset.ts";
import { readContact } from "./read-contact.ts";
import { readContract } from "./read-contract.ts";
import { readCounterparty } from "./read-counterparty.ts";
import { readNomenclature } from "./read-nomenclature.ts";
import type { Reason } from "./reading.ts";
import type { RecordContext } from "./record-context.ts";
import type { SourceRecord } from "./source-record.ts";

export type RecordReading =
  | { result: "entity"; entity: Entity }
  | { result: "removal"; removal: Removal }
  | { result: "refused"; reasons: Reason[]; externalId: string }
  /** Of a type that the mapping does not know. */
  | { result: "ignored" };

/** Turns one record of a source into an entity with remarks, or says every reason why not. */
export function readRecord(record: SourceRecord, context: RecordContext): RecordReading {
  const { mapping } = context;
  if ("reasons" in record) return { result: "refused", reasons: record.reasons, externalId: record.externalId };
  const entityName = entityNames.find((name) => mapping[name].type === record.type);
  if (entityName === undefined) return { result: "ignored" };
  const { attributes } = record;
  const externalId = ownId(record, mapping);
  if ("reason" in externalId) {
    return { result: "refused", reasons: [externalId.reason], externalId: record.externalId };
  }
  const deleted = readBoolean(attributes[mapping.header.deleted]);
  const isDeleted = record.deleted || ("value" in deleted && deleted.value);
  const identity = {
    id: context.idOf(externalId.id),
    source: context.source,
    externalId: externalId.id,
    sourceVersion: versionOf(record, mapping),
  };
  if (isDeleted && isBare(attributes, entityName, mapping)) {
    return { result: "removal", removal: { entity: entityName, ...identity } };
  }
  const collected: Collected = { remarks: [], reasons: [] };
  const header = { ...readHeader(record, mapping, collected), ...identity, deleted: isDeleted };
  const entity = readEntity(entityName, header, attributes, context, collected);
  if (!("value" in deleted)) {
    collected.reasons.push({
      rule: deleted.rule,
      attribute: "deleted",
      text: `${mapping.header.deleted}: found ${deleted.found}, expected true or false`,
    });
  }
  if (collected.reasons.length > 0) return { result: "refused", reasons: collected.reasons, externalId: externalId.id };
  return { result: "entity", entity };
}

const entityNames = ["nomenclature", "counterparty", "contact", "contract", "asset"] as const satisfies EntityName[];

function readEntity(
  name: EntityName,
  header: EntityHeader,
  attributes: JsonObject,
  context: RecordContext,
  collected: Collected,
): Entity {
  const { mapping } = context;
  const rules: ReadingRules = { identifiers: mapping.identifiers, timeZone: context.timeZone };
  const reader = <A extends string>(names: Readonly<Record<A, string>>): AttributeReader<A> =>
    attributeReader(attributes, names, rules, collected);
  switch (name) {
    case "nomenclature":
      return readNomenclature(header, reader(mapping.nomenclature.attributes), context);
    case "counterparty":
      return readCounterparty(header, reader(mapping.counterparty.attributes), context);
    case "contact":
      return readContact(header, reader(mapping.contact.attributes), context);
    case "contract": {
      const itemReader = (row: JsonObject, line: number) =>
        attributeReader(row, mapping.contract.itemAttributes, rules, collected, `items[${line}].`);
      return readContract(header, reader(mapping.contract.attributes), itemReader, context);
    }
    case "asset":
      return readAsset(header, reader(mapping.asset.attributes), context);
  }
}

function readHeader({ attributes }: SourceRecord & { attributes: JsonObject }, mapping: Mapping, collected: Collected) {
  const rules = { identifiers: mapping.identifiers, timeZone: "UTC" };
  const reader = attributeReader(attributes, mapping.header, rules, collected);
  return {
    code: reader.text("code"),
    description: reader.text("description"),
    remarks: collected.remarks,
    raw: attributes,
  };
}

/** The id of the transport, or of the attributes; where both are given they must agree. */
function ownId(
  record: SourceRecord & { attributes: JsonObject },
  mapping: Mapping,
): { id: string } | { reason: Reason } {
  const refused = (rule: string, text: string) => ({ reason: { rule, attribute: "id", text } });
  const name = mapping.header.id;
  const outside = readReference(record.externalId, mapping.identifiers);
  const inside = readReference(record.attributes[name], mapping.identifiers);
  if (!("value" in outside)) return refused("invalid_id", `found ${outside.found}, expected an id`);
  if (!("value" in inside)) return refused("invalid_id", `${name}: found ${inside.found}, expected an id`);
  const isNamedInside = Object.hasOwn(record.attributes, name);
  const id = isNamedInside ? inside.value : outside.value;
  if (id === null) return refused("missing_id", `${name}: found nothing or zeros, expected an id`);
  if (outside.value === null || outside.value === id) return { id };
  return refused("contradicting_id", `the record is named ${outside.value} and calls itself ${id}`);
}

function versionOf(record: SourceRecord & { attributes: JsonObject }, mapping: Mapping): string {
  if (record.sourceVersion !== "") return record.sourceVersion.slice(0, 200);
  const version = readText(record.attributes[mapping.header.sourceVersion]);
  return "value" in version ? version.value.slice(0, 200) : "";
}

/** Whether the record says nothing but its key and that it is gone. */
function isBare(attributes: JsonObject, name: EntityName, { header, ...mapping }: Mapping): boolean {
  const told: string[] = [header.code, header.description, ...Object.values(mapping[name].attributes)];
  return !told.some((attribute) => Object.hasOwn(attributes, attribute));
}
