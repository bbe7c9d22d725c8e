import { assetAt, assetTraitsAt, stampedVin } from "./assets.ts";
import { DAY_MS, HOUR_MS, moscowMidnight } from "./calendar.ts";
import { contractTermsAt } from "./contracts.ts";
import { pad } from "./identifiers.ts";
import { modelAt } from "./nomenclature.ts";
import type { Plan } from "./plan.ts";
import { outcomeAt, type Random, randomFor } from "./random.ts";
import { SHARES } from "./shares.ts";
import { scenarioAt } from "./tracks.ts";

export type Behaviour = "normal" | "never" | "silent" | "without-fix" | "cell-only" | "garbage-last" | "jumping";

export interface Sitting {
  asset: number;
  fromMs: number;
}

export interface Device {
  index: number;
  /** As X-Keeper calls it. */
  id: string;
  imei: string;
  series: string;
  name: string;
  /** As people typed them. */
  vin: string;
  plate: string;
  /** Where it sat, oldest first; `/devices` shows the last one only. Empty for a spare one. */
  sittings: Sitting[];
  installedAtMs: number;
  removedAtMs: number | null;
  /** What `/devices` showed of this tracker before it was moved by hand, oldest first. */
  shownBefore: { vin: string; plate: string; fromMs: number; untilMs: number }[];
  behaviour: Behaviour;
  /** Time of day at which it speaks. */
  phaseMs: number;
  /** Days on which it speaks, counted from day zero. */
  firstDay: number;
  lastDay: number;
  /** The last day of which it has a fix. */
  lastFixDay: number;
  odometer: "runs" | "reset" | "none";
  /** Claims to be where the asset is not. */
  contradicts: boolean;
}

const CYRILLIC: Record<string, string> = {
  A: "А",
  B: "В",
  E: "Е",
  K: "К",
  M: "М",
  H: "Н",
  P: "Р",
  C: "С",
  T: "Т",
  X: "Х",
};
const LATIN = Object.fromEntries(
  Object.entries({ ...CYRILLIC, O: "О", Y: "У" }).map(([latin, cyrillic]) => [cyrillic, latin]),
);
const EXPECTED = new Set(["passenger_car", "truck", "bus", "special_machine"]);
const SOMETIMES = new Set(["trailer", "motorcycle"]);
// With ten days of history before it, the whole story of a silent tracker is younger than the 30 days that an observer asks for first.
const SILENCE_DAYS_MAX = 20;
const FOREVER = 1_000_000;

/** How many trackers were put on an asset. */
export function deviceCountAt(plan: Plan, asset: number): number {
  const random = randomFor(plan.seed, "device-count", asset);
  const shares = SHARES.device;
  const { kind } = modelAt(assetTraitsAt(plan, asset).model);
  const terms = contractTermsAt(plan, plan.contractOfAsset[asset] ?? 0);
  if (terms.status === "draft" || (terms.startsOn !== null && terms.startsOn > plan.businessDate)) return 0;
  if (SOMETIMES.has(kind) ? !random.chance(0.3) : !EXPECTED.has(kind)) return 0;
  if (random.chance(terms.justHandedOver ? shares.missingWhenJustHandedOver : shares.missing)) return 0;
  if ((terms.status === "finished" || terms.status === "terminated") && random.chance(0.7)) return 0;
  if (scenarioAt(plan, asset) === "roamer") return 1;
  const drawn = random.next();
  return drawn < shares.third ? 3 : drawn < shares.third + shares.second ? 2 : 1;
}

export function deviceAt(plan: Plan, index: number, owner: number, slot: number, count: number): Device {
  const random = randomFor(plan.seed, "device", index);
  const shares = SHARES.device;
  const terms = contractTermsAt(plan, plan.contractOfAsset[owner] ?? 0);
  const handedOverMs = terms.startsOn === null ? plan.dayZeroMs - 400 * DAY_MS : moscowMidnight(terms.startsOn);
  const behaviour = behaviourOf(random, count === 1);
  const phaseMs = Math.floor(random.next() * 23.5 * HOUR_MS) + 900_000;
  const never = behaviour === "never";
  const installedAtMs = never
    ? Math.max(handedOverMs, plan.dayZeroMs - (random.chance(0.7) ? random.int(10, 60) : 1) * DAY_MS)
    : handedOverMs + random.int(10, 20) * HOUR_MS;
  const moved = movedTo(plan, random, owner, count, installedAtMs);
  const seatedAtMs = moved === null ? installedAtMs : plan.dayZeroMs - 3 * DAY_MS + 10 * HOUR_MS;
  const sits = moved ?? owner;
  const removed = random.chance(shares.removed);
  return {
    ...{ index, id: `x${100_000 + index}`, imei: `86${pad((index * 7_919 + 1_234_567) % 10_000_000_000_000, 13)}` },
    series: random.pick(["invis", "invis", "online", "container"]),
    name: `${random.pick(["Invis DUOS 3D", "Invis 3D W", "Online 2"])} №${index + 1}${slot > 0 ? " (скрытый)" : ""}`,
    ...typedNumbers(plan, random, sits),
    sittings: [
      { asset: owner, fromMs: installedAtMs },
      ...(moved === null ? [] : [{ asset: moved, fromMs: seatedAtMs }]),
    ],
    installedAtMs: seatedAtMs,
    removedAtMs: removed ? Math.max(seatedAtMs, plan.dayZeroMs - 2 * DAY_MS) : null,
    ...{ behaviour, phaseMs, shownBefore: [] },
    ...daysOf(plan, random, behaviour),
    odometer: random.chance(shares.withoutOdometer) ? "none" : random.chance(shares.odometerReset) ? "reset" : "runs",
    contradicts: slot === 1 && random.chance(shares.contradicting),
  };
}

/** A tracker on a shelf: it speaks, and sits on nothing that the base knows. */
export function spareDeviceAt(plan: Plan, index: number): Device {
  const random = randomFor(plan.seed, "spare-device", index);
  return {
    ...{
      index,
      id: `x${100_000 + index}`,
      imei: `86${pad(index, 13)}`,
      series: "invis",
      name: `Запасной №${index + 1}`,
    },
    vin: random.pick(["", "ТЕСТ", "-", "XTA00000000000000"]),
    ...{
      plate: "",
      sittings: [],
      installedAtMs: plan.dayZeroMs - 100 * DAY_MS,
      removedAtMs: null,
      shownBefore: [],
      behaviour: "normal",
    },
    ...{
      phaseMs: random.int(1, 23) * HOUR_MS,
      ...daysOf(plan, random, "normal"),
      odometer: "none",
      contradicts: false,
    },
  };
}

function behaviourOf(random: Random, alone: boolean): Behaviour {
  const shares = SHARES.device;
  const behaviour = outcomeAt<Behaviour>(random.next(), [
    ["silent", shares.silent],
    ["garbage-last", shares.garbageLast],
    ["jumping", shares.jumping],
    ["cell-only", shares.cellOnly],
    ["without-fix", shares.withoutFix],
    ["never", alone ? shares.never : 0],
  ]);
  return behaviour ?? "normal";
}

function daysOf(plan: Plan, random: Random, behaviour: Behaviour) {
  const oldest = 1 - plan.historyDays;
  const everyDay = { firstDay: oldest, lastDay: FOREVER, lastFixDay: FOREVER };
  switch (behaviour) {
    case "never":
      return { firstDay: 1, lastDay: 0, lastFixDay: 0 };
    case "silent": {
      const lastDay = -random.int(4, SILENCE_DAYS_MAX);
      return { ...everyDay, firstDay: lastDay - plan.historyDays + 1, lastDay };
    }
    case "without-fix": {
      const lastFixDay = -random.int(4, 20);
      return { ...everyDay, firstDay: Math.min(oldest, lastFixDay - 3), lastFixDay };
    }
    default:
      return everyDay;
  }
}

/** Some trackers were moved three days ago to the next asset of the same contract. */
function movedTo(plan: Plan, random: Random, owner: number, count: number, installedAtMs: number): number | null {
  const chosen = random.chance(SHARES.device.moved * 1.7);
  const next = owner + 1;
  if (!chosen || count !== 1 || next >= plan.assetCount || plan.contractOfAsset[next] !== plan.contractOfAsset[owner])
    return null;
  const { kind } = modelAt(assetTraitsAt(plan, next).model);
  return EXPECTED.has(kind) && installedAtMs < plan.dayZeroMs - 20 * DAY_MS ? next : null;
}

/** What the installer typed; a VIN that no asset shows always comes with a plate. */
export function typedNumbers(plan: Plan, random: Random, asset: number): { vin: string; plate: string } {
  const { trouble } = assetTraitsAt(plan, asset);
  const stamped = stampedVin(plan, asset);
  const plate = assetAt(plan, asset).plate;
  const twin = trouble === "duplicate-vin" || trouble === "duplicated-vin" || trouble === "released-twin";
  const hidden = trouble === "invalid-vin" || trouble === "no-vin-marker";
  const vin = plate !== "" && !twin && random.chance(0.1) ? "" : typedVin(random, stamped, twin);
  const plateAsked = hidden || vin === "" || random.chance(0.8);
  return { vin, plate: plateAsked ? typedPlate(random, plate) : "" };
}

function typedVin(random: Random, vin: string, careful: boolean): string {
  const drawn = random.next();
  if (drawn < 0.6) return vin;
  if (drawn < 0.72) return vin.toLowerCase();
  if (drawn < 0.8) return `${vin.slice(0, 3)} ${vin.slice(3, 9)} ${vin.slice(9)}`.trim();
  if (drawn < 0.85) return vin.replace(/[ABEKMHPCTX]/g, (letter) => CYRILLIC[letter] ?? letter);
  if (drawn < 0.853 && !careful) return vin.slice(0, -1);
  return drawn < 0.9 ? ` ${vin}` : vin;
}

function typedPlate(random: Random, plate: string): string {
  const drawn = random.next();
  if (drawn < 0.6) return plate;
  if (drawn < 0.8) return plate.replace(/[А-Я]/g, (letter) => LATIN[letter] ?? letter);
  if (drawn < 0.9) return plate.toLowerCase();
  return plate === "" ? "" : `${plate.slice(0, -2)} ${plate.slice(-2)}`;
}
