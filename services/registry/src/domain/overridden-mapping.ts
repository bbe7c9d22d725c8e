import { ContractStatus, CounterpartyType, NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import { type Mapping, onecMapping } from "./mapping.ts";

const enumerations: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  "nomenclature.kinds": NomenclatureKind,
  "counterparty.types": CounterpartyType,
  "contract.statuses": ContractStatus,
};

/**
 * The names of the 1C leasing base with those of a configuration put over them. A list of enumeration values replaces the usual one
 * as a whole; its values are our names, such as PASSENGER_CAR. What makes no sense is a problem.
 */
export function overriddenMapping(overrides: Record<string, unknown>, problem: (text: string) => void): Mapping {
  // The result has the shape of the base, since every key that is replaced is one of its keys and keeps its kind.
  const mapping = overridden(onecMapping, overrides, "", problem) as Mapping;
  if (mapping.identifiers !== "guid" && mapping.identifiers !== "text") problem("identifiers is neither guid nor text");
  const types = [mapping.nomenclature, mapping.counterparty, mapping.contact, mapping.contract, mapping.asset];
  if (new Set(types.map(({ type }) => type)).size < types.length) problem("type: two entities share one");
  for (const entity of types) {
    const names = Object.values<string>(entity.attributes);
    if (new Set(names).size < names.length) problem(`${entity.type}: two attributes share one name`);
  }
  return mapping;
}

function overridden(base: object, overrides: object, path: string, problem: (text: string) => void): object {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    const at = path === "" ? key : `${path}.${key}`;
    const known = result[key];
    if (at in enumerations) result[key] = enumerationOf(at, value, problem);
    else if (typeof known === "string" && typeof value === "string" && value !== "") result[key] = value;
    else if (isObject(known) && isObject(value)) result[key] = overridden(known, value, at, problem);
    else
      problem(`${at} ${known === undefined ? "is not known" : `must be ${isObject(known) ? "a mapping" : "a text"}`}`);
  }
  return result;
}

function enumerationOf(at: string, value: unknown, problem: (text: string) => void): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, ours] of Object.entries(isObject(value) ? value : {})) {
    const number = enumerations[at]?.[String(ours)];
    if (typeof number === "number") values[name] = number;
    else problem(`${at}.${name}: ${String(ours)} is none of our names`);
  }
  if (Object.keys(values).length === 0) problem(`${at} names no values`);
  return values;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
