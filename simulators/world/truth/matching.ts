import type { World } from "../world.ts";
import type { Standing } from "./watching.ts";

/** A tracker's time on an asset, as far as `/devices` ever told it. */
export interface KnownSitting {
  device: number;
  fromMs: number;
  untilMs: number | null;
}

export interface Matching {
  sittingsOf(asset: number): readonly KnownSitting[];
  /** Whether two or more assets that count carry this asset's VIN. */
  isAmbiguous(asset: Standing): boolean;
}

const LOOK_ALIKES: Record<string, string> = {
  ...{ А: "A", В: "B", Е: "E", К: "K", М: "M", Н: "H", О: "O", Р: "P", С: "C", Т: "T", У: "Y", Х: "X" },
};
const NO_VIN = new Set(["ОТСУТСТВУЕТ", "НЕ УСТАНОВЛЕН", "НЕУСТАНОВЛЕН", "Б/Н", "НЕТ", "-", ""]);
const AMBIGUOUS = -1;

/** Puts every tracker on an asset by its typed VIN, else by its typed plate. */
export async function matchDevices(world: World, standings: AsyncIterable<Standing>): Promise<Matching> {
  const byVin = new Map<string, number>();
  const byPlate = new Map<string, number>();
  for await (const { index, asset, returned } of standings) {
    if (asset.deleted || returned) continue;
    const vin = normalizeVin(asset.vin);
    if (vin !== "") byVin.set(vin, byVin.has(vin) ? AMBIGUOUS : index);
    const plate = foldLatin(asset.plate);
    if (plate !== "") byPlate.set(plate, byPlate.has(plate) ? AMBIGUOUS : index);
  }
  const find = (vin: string, plate: string) =>
    byVin.get(normalizeVin(vin)) ?? (foldLatin(plate) === "" ? undefined : byPlate.get(foldLatin(plate))) ?? AMBIGUOUS;
  const sittings = new Map<number, KnownSitting[]>();
  const seat = (asset: number, sitting: KnownSitting) => {
    if (asset === AMBIGUOUS) return;
    const seated = sittings.get(asset);
    if (seated === undefined) sittings.set(asset, [sitting]);
    else seated.push(sitting);
  };
  for (let index = 0; index < world.deviceCount(); index++) {
    const { vin, plate, installedAtMs, removedAtMs, shownBefore } = world.deviceAt(index);
    for (const before of shownBefore) {
      seat(find(before.vin, before.plate), { device: index, fromMs: before.fromMs, untilMs: before.untilMs });
    }
    seat(find(vin, plate), { device: index, fromMs: installedAtMs, untilMs: removedAtMs });
  }
  return {
    sittingsOf: (asset) => sittings.get(asset) ?? [],
    isAmbiguous: ({ asset }) => byVin.get(normalizeVin(asset.vin)) === AMBIGUOUS,
  };
}

/** Upper case Latin without spaces, hyphens and dots; empty for the ways of saying that there is no VIN. */
export function normalizeVin(text: string): string {
  return NO_VIN.has(text.trim().toUpperCase()) ? "" : foldLatin(text);
}

export function foldLatin(text: string): string {
  return text
    .toUpperCase()
    .replace(/[\s\-.]/g, "")
    .replace(/[АВЕКМНОРСТУХ]/g, (letter) => LOOK_ALIKES[letter] ?? letter);
}
