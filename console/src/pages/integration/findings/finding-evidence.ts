const identityRules = ["inn_ogrn_conflict", "inn_ogrn_of_predecessor", "duplicate_inn"] as const;
const attributes = ["plate", "nomenclature", "ogrn", "kpp"] as const;
type Attribute = (typeof attributes)[number];

/** What one source says of a thing that several know. */
export type SourceRecord = { id: string; source: string; externalId: string; said: Record<Attribute | "name", string> };

/** What each rule rests on. */
export type Evidence =
  | {
      rule: (typeof identityRules)[number];
      /** As the source says, and of the record in Kontur.Focus that comes nearest; empty when there is none. */
      inn: string;
      ogrn: string;
      focusInn: string;
      focusOgrn: string;
      focusName: string;
    }
  | { rule: "vin_invalid"; vin: string }
  | { rule: "vin_unexpected"; vin: string; nomenclatureId: string; nomenclature: string }
  | { rule: "vin_duplicate"; vin: string; leases: { assetId: string; contractId: string }[] }
  | {
      rule: "source_conflict";
      number: { kind: "vin" | "inn"; value: string };
      /** The record of the finding first. */
      records: SourceRecord[];
      differs: Attribute[];
    }
  | { rule: "tracker_missing"; vin: string; plate: string; expectedFrom: string; lastSittingEndedAt: Date | undefined }
  | { rule: "device_unmatched"; vin: string; plate: string; imei: string; fitsSeveral: boolean };

type Json = Record<string, unknown>;

/** Undefined for a rule that this console does not know, and for evidence that does not read as its rule writes it. */
export function readEvidence(rule: string, evidenceJson: string): Evidence | undefined {
  const json = objectIn(evidenceJson);
  if (!json) return undefined;
  const identityRule = identityRules.find((each) => each === rule);
  if (identityRule)
    return { rule: identityRule, ...texts(json, ["inn", "ogrn", "focusInn", "focusOgrn", "focusName"]) };
  switch (rule) {
    case "vin_invalid":
      return { rule, ...texts(json, ["vin"]) };
    case "vin_unexpected":
      return { rule, ...texts(json, ["vin", "nomenclatureId", "nomenclature"]) };
    case "vin_duplicate":
      return {
        rule,
        ...texts(json, ["vin"]),
        leases: objects(json.leases).map((lease) => texts(lease, ["assetId", "contractId"])),
      };
    case "source_conflict":
      return {
        rule,
        number: numberOf(json),
        records: [...objects([json.record]), ...objects(json.others)].map(sourceRecord),
        differs: attributes.filter((each) => Array.isArray(json.differs) && json.differs.includes(each)),
      };
    case "tracker_missing":
      return {
        rule,
        ...texts(json, ["vin", "plate", "expectedFrom"]),
        lastSittingEndedAt: instantIn(json.lastSittingEndedAt),
      };
    case "device_unmatched":
      return { rule, ...texts(json, ["vin", "plate", "imei"]), fitsSeveral: json.matching === "several assets" };
    default:
      return undefined;
  }
}

function objectIn(text: string): Json | undefined {
  try {
    return objects([JSON.parse(text)])[0];
  } catch {
    // Shown as it is by who asks.
    return undefined;
  }
}

function objects(value: unknown): Json[] {
  const isObject = (each: unknown): each is Json => typeof each === "object" && each !== null && !Array.isArray(each);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts<K extends string>(json: Json, keys: readonly K[]): Record<K, string> {
  const entries = keys.map((key) => [key, typeof json[key] === "string" ? json[key] : ""]);
  // One entry for each key.
  return Object.fromEntries(entries) as Record<K, string>;
}

function numberOf(json: Json): { kind: "vin" | "inn"; value: string } {
  const { vin, inn } = texts(json, ["vin", "inn"]);
  return vin === "" ? { kind: "inn", value: inn } : { kind: "vin", value: vin };
}

function sourceRecord(json: Json): SourceRecord {
  const { assetId, counterpartyId, source, externalId } = texts(json, [
    "assetId",
    "counterpartyId",
    "source",
    "externalId",
  ]);
  return { id: assetId || counterpartyId, source, externalId, said: texts(json, [...attributes, "name"]) };
}

/** Postgres writes an instant without end as "infinity". */
function instantIn(value: unknown): Date | undefined {
  const at = new Date(typeof value === "string" ? value : Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
