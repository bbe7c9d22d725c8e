import { invalidArgument } from "@dozor/runtime/errors";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checks ids that are optional in the contract and therefore not checked by it. "" passes. */
export function optionalUuid(field: string, value: string): string {
  if (value !== "" && !uuid.test(value)) throw invalidArgument(`${field} is not a UUID`);
  return value;
}
