import { unfoldLookalikes } from "./lookalikes.ts";

export type PlateReading = {
  /** Canonical Cyrillic form when known, else the upper-case text without separators; empty when the asset has none. */
  plate: string;
  problem?: "format";
};

// L is a letter, D a digit: private and company cars, trailers, tractors and machines, buses and taxis.
const forms = ["LDDDLLDD", "LDDDLLDDD", "LLDDDDDD", "LLDDDDDDD", "DDDDLLDD", "LLDDDDD"] as const;
const lettersAllowed = "АВЕКМНОРСТУХ";

/** Registration plate by GOST R 50577-2018. */
export function readPlate(raw: string): PlateReading {
  const compact = raw
    .trim()
    .toUpperCase()
    .replace(/[\s\u00a0.\-–—_|]/g, "");
  if (compact === "" || noPlateMarkers.has(compact)) return { plate: "" };
  const folded = unfoldLookalikes(compact);
  // A plate that is right as it stands is not repaired into another one: 0381КО02 is a machine's and not the car's О381КО02.
  const plate = firstFit(folded, literally) ?? firstFit(folded, byPlace);
  return plate === undefined ? { plate: folded, problem: "format" } : { plate };
}

const noPlateMarkers = new Set(["ОТСУТСТВУЕТ", "НЕТ", "Б/Н", "БН", "НЕУСТАНОВЛЕН"]);

type Repair = (character: string, place: "L" | "D") => string;
const literally: Repair = (character) => character;
/** The letter О and the digit 0 are told apart by their place. */
const byPlace: Repair = (character, place) => {
  if (place === "D") return character === "О" ? "0" : character;
  return character === "0" ? "О" : character;
};

function firstFit(text: string, repair: Repair): string | undefined {
  for (const form of forms) {
    const plate = fit(text, form, repair);
    if (plate !== undefined && hasNumberAndRegion(plate, form)) return plate;
  }
  return undefined;
}

function fit(text: string, form: string, repair: Repair): string | undefined {
  if (text.length !== form.length) return undefined;
  let plate = "";
  for (let index = 0; index < text.length; index += 1) {
    const place = form[index] === "D" ? "D" : "L";
    const character = repair(text.charAt(index), place);
    const isAllowed = place === "D" ? /\d/.test(character) : lettersAllowed.includes(character);
    if (!isAllowed) return undefined;
    plate += character;
  }
  return plate;
}

function hasNumberAndRegion(plate: string, form: (typeof forms)[number]): boolean {
  const [number, region] = partsOf(plate, form);
  if (/^0+$/.test(number) || /^0+$/.test(region)) return false;
  return region.length === 2 || /^[127]/.test(region);
}

function partsOf(plate: string, form: (typeof forms)[number]): [number: string, region: string] {
  switch (form) {
    case "LDDDLLDD":
    case "LDDDLLDDD":
      return [plate.slice(1, 4), plate.slice(6)];
    case "LLDDDDDD":
    case "LLDDDDDDD":
      return [plate.slice(2, 6), plate.slice(6)];
    case "DDDDLLDD":
      return [plate.slice(0, 4), plate.slice(6)];
    case "LLDDDDD":
      return [plate.slice(2, 5), plate.slice(5)];
  }
}
