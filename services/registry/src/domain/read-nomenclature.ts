import { NomenclatureKind } from "@dozor/proto/registry/v1/entities";
import type { AttributeReader } from "./attribute-reader.ts";
import type { EntityHeader, Nomenclature } from "./entities.ts";
import type { Mapping } from "./mapping.ts";
import type { RecordContext } from "./record-context.ts";

export function readNomenclature(
  header: EntityHeader,
  reader: AttributeReader<keyof Mapping["nomenclature"]["attributes"]>,
  { mapping, idOf }: RecordContext,
): Nomenclature {
  const parent = reader.reference("parent");
  return {
    entity: "nomenclature",
    ...header,
    folder: reader.boolean("folder"),
    parentId: parent === null ? null : idOf(parent),
    kind: reader.oneOf("kind", mapping.nomenclature.kinds, NomenclatureKind.UNSPECIFIED),
    vinExpected: reader.boolean("vinExpected"),
    trackerExpected: reader.boolean("trackerExpected"),
  };
}
