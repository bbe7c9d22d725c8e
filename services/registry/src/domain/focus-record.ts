import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** One record of the state registers as Kontur.Focus tells it. Absent flags are false, absent texts empty. */
export type FocusRecord = {
  inn: string;
  ogrn: string;
  name: string;
  statusText: string;
  dissolved: boolean;
  dissolving: boolean;
  reorganizing: boolean;
  bankrupting: boolean;
  /** Two digits of the legal address. */
  regionNumber: string;
  /** Companies this one came from or went into; known only from `egrDetails`. */
  relatives: FocusRelative[];
};
type FocusRelative = { inn: string; ogrn: string };

/** Records of an answer; whatever is no record is passed over, since fields come and go without notice. */
export function readFocusRecords(answer: Json): FocusRecord[] {
  if (!Array.isArray(answer)) return [];
  return answer.filter(isJsonObject).flatMap((record) => {
    const numbers = { inn: textOf(record.inn), ogrn: textOf(record.ogrn) };
    if (numbers.inn === "" && numbers.ogrn === "") return [];
    const body = objectOf(record.UL ?? record.IP);
    const status = objectOf(body.status);
    const legalName = objectOf(body.legalName);
    const address = objectOf(body.legalAddress);
    const region = objectOf(address.parsedAddressRF).regionCode ?? objectOf(address.parsedAddressRFFias).regionCode;
    return {
      ...numbers,
      name: textOf(legalName.short) || textOf(legalName.full) || textOf(legalName.readable) || textOf(body.fio),
      statusText: textOf(status.statusString),
      dissolved: status.dissolved === true,
      dissolving: status.dissolving === true,
      reorganizing: status.reorganizing === true,
      bankrupting: status.bankrupting === true,
      regionNumber: textOf(region),
      relatives: [...relativesOf(body.predecessors), ...relativesOf(body.successors)],
    };
  });
}

function relativesOf(list: Json | undefined): FocusRelative[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isJsonObject).map((relative) => ({ inn: textOf(relative.inn), ogrn: textOf(relative.ogrn) }));
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
}
