import { ContractStatus } from "@dozor/proto/registry/v1/entities";
import type { AttributeReader } from "./attribute-reader.ts";
import type { Contract, ContractItem, EntityHeader } from "./entities.ts";
import type { JsonObject } from "./json.ts";
import type { Mapping } from "./mapping.ts";
import type { RecordContext } from "./record-context.ts";

type ItemReader = AttributeReader<keyof Mapping["contract"]["itemAttributes"]>;

export function readContract(
  header: EntityHeader,
  reader: AttributeReader<keyof Mapping["contract"]["attributes"]>,
  itemReader: (row: JsonObject, line: number) => ItemReader,
  { mapping, idOf }: RecordContext,
): Contract {
  const lessee = reader.reference("lessee");
  const lessor = reader.reference("lessor");
  const startDate = reader.date("startDate");
  const endDate = reader.date("endDate");
  if (startDate !== null && endDate !== null && endDate < startDate) {
    header.remarks.push({
      attribute: "endDate",
      rule: "ends_before_start",
      rawValue: `${startDate} … ${endDate}`,
      suggestedValue: "",
      applied: false,
    });
  }
  return {
    entity: "contract",
    ...header,
    number: reader.text("number"),
    signedDate: reader.date("signedDate"),
    startDate,
    endDate,
    status: reader.oneOf("status", mapping.contract.statuses, ContractStatus.UNSPECIFIED),
    lesseeId: lessee === null ? null : idOf(lessee),
    lessorId: lessor === null ? null : idOf(lessor),
    address: reader.text("address"),
    ...locationOf(reader, header),
    // Zero is what 1C sends for an empty number.
    radiusKm: reader.number("radiusKm", { min: 0, max: 20_000 }) || null,
    regionCode: regionOf(reader.text("region"), header),
    plannedMileageKmPerYear: reader.number("plannedMileage", { min: 0, max: 10_000_000 }) || null,
    debtAmount: reader.money("debt"),
    overdueDays: reader.number("overdueDays", { min: 0, max: 100_000, whole: true }) ?? 0,
    items: readItems(reader.rows("items"), itemReader, idOf),
  };
}

function locationOf(
  reader: AttributeReader<"latitude" | "longitude">,
  { remarks }: EntityHeader,
): Pick<Contract, "latitudeDeg" | "longitudeDeg"> {
  const latitudeDeg = reader.number("latitude", { min: -90, max: 90 });
  const longitudeDeg = reader.number("longitude", { min: -180, max: 180 });
  const nowhere = { latitudeDeg: null, longitudeDeg: null };
  if (!latitudeDeg && !longitudeDeg) return nowhere;
  const remark = (rule: string, suggestedValue: string) =>
    remarks.push({
      attribute: "latitude",
      rule,
      rawValue: `${latitudeDeg} ${longitudeDeg}`,
      suggestedValue,
      applied: false,
    });
  if (latitudeDeg === null || longitudeDeg === null) {
    remark("half_a_location", "");
    return nowhere;
  }
  if (!isNearRussia(latitudeDeg, longitudeDeg) && isNearRussia(longitudeDeg, latitudeDeg)) {
    remark("coordinates_swapped", `${longitudeDeg} ${latitudeDeg}`);
  }
  return { latitudeDeg, longitudeDeg };
}

function isNearRussia(latitudeDeg: number, longitudeDeg: number): boolean {
  if (latitudeDeg < 41 || latitudeDeg > 82) return false;
  return (longitudeDeg >= 19 && longitudeDeg <= 180) || (longitudeDeg >= -180 && longitudeDeg <= -169);
}

function regionOf(raw: string, { remarks }: EntityHeader): string {
  const code = raw.toUpperCase();
  if (code === "" || /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(code)) return code;
  remarks.push({ attribute: "region", rule: "region_code_format", rawValue: raw, suggestedValue: "", applied: false });
  return "";
}

/** Rows without an asset are nothing; a line number that is missing or repeated is replaced by the place in the list. */
function readItems(
  rows: JsonObject[],
  itemReader: (row: JsonObject, line: number) => ItemReader,
  idOf: (externalId: string) => string,
): ContractItem[] {
  const items = rows.flatMap((row, index) => {
    const reader = itemReader(row, index + 1);
    const asset = reader.reference("asset");
    const lineNumber = reader.number("lineNumber", { min: 0, max: 1_000_000, whole: true }) ?? index + 1;
    const dates = { handoverDate: reader.date("handoverDate"), returnDate: reader.date("returnDate") };
    return asset === null ? [] : [{ lineNumber, assetId: idOf(asset), ...dates }];
  });
  const isNumbered = new Set(items.map(({ lineNumber }) => lineNumber)).size === items.length;
  return isNumbered ? items : items.map((item, index) => ({ ...item, lineNumber: index + 1 }));
}
