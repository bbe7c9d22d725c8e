/** What Kontur.Focus says of one company or sole trader; only what Dozor judges by. Absent booleans are false, absent texts empty. */
export type FocusRecord = {
  inn: string;
  ogrn: string;
  name: string;
  statusText: string;
  dissolved: boolean;
  dissolving: boolean;
  reorganizing: boolean;
  bankrupting: boolean;
  /** Two digits, empty when unknown. */
  regionNumber: string;
};

/** A company and those it came from or became, by both their numbers. */
export type FocusKinship = { inn: string; ogrn: string; relatives: { inn: string; ogrn: string }[] };

/** Reads one element of the array that `req` answers; undefined when it is not such a record. */
export function readFocusRecord(value: unknown): FocusRecord | undefined {
  const record = objectOf(value);
  const body = objectOf(record?.UL) ?? objectOf(record?.IP);
  const inn = textOf(record?.inn);
  const ogrn = textOf(record?.ogrn);
  if (record === undefined || body === undefined || (inn === "" && ogrn === "")) return undefined;
  const status = objectOf(body.status) ?? {};
  const legalName = objectOf(body.legalName) ?? {};
  const address = objectOf(objectOf(body.legalAddress)?.parsedAddressRF) ?? {};
  return {
    inn,
    ogrn,
    name: textOf(legalName.short) || textOf(legalName.full) || textOf(legalName.readable) || textOf(body.fio),
    statusText: textOf(status.statusString),
    dissolved: status.dissolved === true,
    dissolving: status.dissolving === true,
    reorganizing: status.reorganizing === true,
    bankrupting: status.bankrupting === true,
    regionNumber: textOf(address.regionCode),
  };
}

/** Reads one element of the array that `egrDetails` answers. */
export function readFocusKinship(value: unknown): FocusKinship | undefined {
  const record = objectOf(value);
  if (record === undefined) return undefined;
  const body = objectOf(record.UL) ?? {};
  const relatives = [...listOf(body.predecessors), ...listOf(body.successors)].flatMap((relative) => {
    const { inn, ogrn } = objectOf(relative) ?? {};
    return textOf(inn) === "" && textOf(ogrn) === "" ? [] : [{ inn: textOf(inn), ogrn: textOf(ogrn) }];
  });
  return { inn: textOf(record.inn), ogrn: textOf(record.ogrn), relatives };
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  // An object that is no array may be read by any key.
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
