import type { AttributeReader } from "./attribute-reader.ts";
import type { Asset, EntityHeader } from "./entities.ts";
import { isValidEpts } from "./epts.ts";
import type { Mapping } from "./mapping.ts";
import { readPlate } from "./plate.ts";
import type { RecordContext } from "./record-context.ts";
import { readVin } from "./vin.ts";

export function readAsset(
  header: EntityHeader,
  reader: AttributeReader<keyof Mapping["asset"]["attributes"]>,
  { idOf }: RecordContext,
): Asset {
  const nomenclature = reader.reference("nomenclature");
  const contract = reader.reference("contract");
  const eptsNumber = reader.text("eptsNumber").replace(/[\s-]/g, "");
  if (eptsNumber !== "" && !isValidEpts(eptsNumber)) {
    header.remarks.push(doubt("eptsNumber", "epts_format", eptsNumber));
  }
  return {
    entity: "asset",
    ...header,
    nomenclatureId: nomenclature === null ? null : idOf(nomenclature),
    contractId: contract === null ? null : idOf(contract),
    vin: vinOf(reader.text("vin"), header),
    plate: plateOf(reader.text("plate"), header),
    serialNumber: reader.text("serialNumber"),
    eptsNumber,
    // An empty number is zero in 1C.
    manufactureYear: reader.number("manufactureYear", { min: 0, max: 2100, whole: true }) ?? 0,
  };
}

function vinOf(raw: string, { remarks }: EntityHeader): string {
  const { vin, problem, repairs, suggestion = "" } = readVin(raw);
  if (vin === "") return "";
  for (const rule of repairs) {
    remarks.push({ attribute: "vin", rule, rawValue: raw, suggestedValue: vin, applied: true });
  }
  if (problem !== undefined) remarks.push({ ...doubt("vin", "vin_invalid", raw), suggestedValue: suggestion });
  return vin;
}

function plateOf(raw: string, { remarks }: EntityHeader): string {
  const { plate, problem } = readPlate(raw);
  if (problem !== undefined) remarks.push(doubt("plate", "plate_format", raw));
  return plate;
}

const doubt = (attribute: string, rule: string, rawValue: string) => ({
  attribute,
  rule,
  rawValue,
  suggestedValue: "",
  applied: false,
});
