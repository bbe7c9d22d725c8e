import { foldLookalikes } from "./lookalikes.ts";

export type VinReading = {
  /** Normalised, empty when the asset is said to have none. */
  vin: string;
  problem?: "length" | "characters" | "repeated" | "serial";
  /** What was repaired on the way to `vin`. */
  repairs: ("separators" | "cyrillic_lookalike")[];
  /** A repair that would pass, never applied by itself. */
  suggestion?: string;
};

// Said of an asset that has no VIN, which is not the same as a bad one.
const noVinMarkers = new Set(["ОТСУТСТВУЕТ", "ОТСУТСТВУЕТВИН", "VINОТСУТСТВУЕТ", "НЕУСТАНОВЛЕН", "Б/Н", "БН", "НЕТ"]);

/** Vehicle identification number. The check digit is not looked at: in Russia few makers keep it. */
export function readVin(raw: string): VinReading {
  const upper = raw.trim().toUpperCase();
  const compact = upper.replace(/[\s\u00a0.\-–—_]/g, "");
  if (compact === "" || noVinMarkers.has(compact)) return { vin: "", repairs: [] };
  const vin = foldLookalikes(compact);
  const repairs: VinReading["repairs"] = [];
  if (compact !== upper) repairs.push("separators");
  if (vin !== compact) repairs.push("cyrillic_lookalike");
  const problem = problemOf(vin);
  if (problem === undefined) return { vin, repairs };
  const suggestion = vin.replace(/З/g, "3").replace(/[OQ]/g, "0").replace(/I/g, "1");
  const isRepaired = suggestion !== vin && problemOf(suggestion) === undefined;
  return isRepaired ? { vin, problem, repairs, suggestion } : { vin, problem, repairs };
}

function problemOf(vin: string): VinReading["problem"] {
  if (vin.length !== 17) return "length";
  if (!/^[A-HJ-NPR-Z0-9]{17}$/.test(vin)) return "characters";
  if (/^(.)\1*$/.test(vin)) return "repeated";
  return /\d{4}$/.test(vin) ? undefined : "serial";
}
