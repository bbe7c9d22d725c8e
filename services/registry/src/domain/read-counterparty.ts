import { CounterpartyType } from "@dozor/proto/registry/v1/entities";
import type { AttributeReader } from "./attribute-reader.ts";
import type { Counterparty, EntityHeader } from "./entities.ts";
import { readInn } from "./inn.ts";
import { isValidKpp } from "./kpp.ts";
import type { Mapping } from "./mapping.ts";
import { readOgrn } from "./ogrn.ts";
import type { Remark } from "./reading.ts";
import type { RecordContext } from "./record-context.ts";

/** Numbers with a wrong check digit are kept as given: what the source said is evidence, and only a remark tells of the doubt. */
export function readCounterparty(
  header: EntityHeader,
  reader: AttributeReader<keyof Mapping["counterparty"]["attributes"]>,
  { mapping }: RecordContext,
): Counterparty {
  const inn = readInn(reader.text("inn"));
  const ogrn = readOgrn(reader.text("ogrn"));
  const kpp = reader.text("kpp").replace(/\s/g, "").toUpperCase();
  const remark = (attribute: string, rule: string, rawValue: string, suggestedValue = "") =>
    header.remarks.push({ attribute, rule, rawValue, suggestedValue, applied: false } satisfies Remark);
  if (inn.inn !== "" && inn.problem !== undefined) remark("inn", `inn_${inn.problem}`, inn.inn, inn.suggestion);
  if (ogrn.ogrn !== "" && ogrn.problem !== undefined) remark("ogrn", `ogrn_${ogrn.problem}`, ogrn.ogrn);
  if (kpp !== "" && !isValidKpp(kpp)) remark("kpp", "kpp_format", kpp);
  if (kpp !== "" && inn.inn.length === 12) remark("kpp", "kpp_of_a_person", kpp);
  return {
    entity: "counterparty",
    ...header,
    type: reader.oneOf("type", mapping.counterparty.types, CounterpartyType.UNSPECIFIED),
    fullName: reader.text("fullName"),
    inn: inn.inn,
    kpp,
    ogrn: ogrn.ogrn,
    legalAddress: reader.text("legalAddress"),
  };
}
