// Which assets are watched: the rule is data, this is how it is read. Reasons are tried in the order in which people ask them.

export type WatchRule = { version: number; kinds: readonly string[]; contractStatuses: readonly string[] };

/** What the rule looks at. Dates are business dates; undefined means that the source names none. */
export type WatchSubject = {
  deleted: boolean;
  /** Undefined until the nomenclature has arrived. */
  kind: string | undefined;
  contract:
    | {
        deleted: boolean;
        status: string;
        startDate: string | undefined;
        endDate: string | undefined;
        returnDate: string | undefined;
      }
    | undefined;
};

export type WatchReason =
  | "watched"
  | "asset_deleted"
  | "no_nomenclature"
  | "kind_not_watched"
  | "no_contract"
  | "contract_deleted"
  | "contract_not_active"
  | "contract_not_started"
  | "contract_ended"
  | "asset_returned";

/** "watched", or the first reason why the asset is not watched on the business date. */
export function watchReason(subject: WatchSubject, rule: WatchRule, date: string): WatchReason {
  if (subject.deleted) return "asset_deleted";
  if (subject.kind === undefined) return "no_nomenclature";
  if (!rule.kinds.includes(subject.kind)) return "kind_not_watched";
  const { contract } = subject;
  if (contract === undefined) return "no_contract";
  if (contract.deleted) return "contract_deleted";
  if (!rule.contractStatuses.includes(contract.status)) return "contract_not_active";
  if (contract.startDate !== undefined && contract.startDate > date) return "contract_not_started";
  if (contract.endDate !== undefined && contract.endDate < date) return "contract_ended";
  if (contract.returnDate !== undefined && contract.returnDate <= date) return "asset_returned";
  return "watched";
}

/** The first business date after this one on which the passing of time alone may change the reason; undefined when none will. */
export function watchRecheckOn(
  subject: WatchSubject,
  date: string,
  dayAfter: (date: string) => string,
): string | undefined {
  const { contract } = subject;
  if (contract === undefined) return undefined;
  const turns = [
    contract.startDate,
    contract.endDate === undefined ? undefined : dayAfter(contract.endDate),
    contract.returnDate,
  ];
  return turns
    .filter((turn): turn is string => turn !== undefined && turn > date)
    .sort()
    .at(0);
}
