import type { AttributeReader } from "./attribute-reader.ts";
import type { Contact, EntityHeader } from "./entities.ts";
import type { Mapping } from "./mapping.ts";
import type { RecordContext } from "./record-context.ts";

export function readContact(
  header: EntityHeader,
  reader: AttributeReader<keyof Mapping["contact"]["attributes"]>,
  { idOf }: RecordContext,
): Contact {
  const counterparty = reader.reference("counterparty");
  return {
    entity: "contact",
    ...header,
    counterpartyId: counterparty === null ? null : idOf(counterparty),
    position: reader.text("position"),
    phone: reader.text("phone"),
    email: reader.text("email"),
  };
}
