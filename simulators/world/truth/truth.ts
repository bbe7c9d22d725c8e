import { iso, moscowDate } from "../calendar.ts";
import { makeRegister } from "../register.ts";
import type { World } from "../world.ts";
import { type FactsLimits, factsOf } from "./facts.ts";
import { matchDevices } from "./matching.ts";
import { INDICATORS, type Indicator, verdictsOf } from "./verdicts.ts";
import { type Standing, standingOn } from "./watching.ts";

/** What a right observer must find. Assets are named by their Ref_Key. */
export interface Truth {
  businessDate: string;
  asOf: string;
  watched: string[];
  notWatched: Record<string, number>;
  expected: Record<
    Indicator,
    { violated: string[]; unknown: string[]; clear: number; unknownReasons: Record<string, number> }
  >;
  /** Assets with at least one violated indicator. */
  tasks: string[];
}

export interface TruthOptions {
  /** The instant to judge as of, default the world's now. */
  asOfMs?: number;
  /** Default: the Moscow date of `asOfMs`. */
  businessDate?: string;
  /** Only what was received by then is known, default the world's now. */
  heardByMs?: number;
  /** Indicators that a task may rest on, default all. */
  indicators?: readonly Indicator[];
}

// The server stays answerable while a big world is judged.
const ASSETS_PER_SLICE = 500;

export async function computeTruth(world: World, options: TruthOptions = {}): Promise<Truth> {
  const asOfMs = options.asOfMs ?? world.clock.now();
  const limits: FactsLimits = { asOfMs, heardByMs: options.heardByMs ?? world.clock.now() };
  const businessDate = options.businessDate ?? moscowDate(asOfMs);
  const truth = emptyTruth(businessDate, iso(asOfMs));
  const standingAt = standingOn(world, businessDate);
  const matching = await matchDevices(world, everyStanding(world, standingAt));
  const register = makeRegister(world);
  const counted = new Set(options.indicators ?? INDICATORS);
  for await (const standing of everyStanding(world, standingAt)) {
    if (standing.reason !== null) {
      truth.notWatched[standing.reason] = (truth.notWatched[standing.reason] ?? 0) + 1;
      continue;
    }
    const { id } = standing.asset;
    truth.watched.push(id);
    const facts = matching.isAmbiguous(standing)
      ? "ambiguous"
      : factsOf(world, matching.sittingsOf(standing.index), limits);
    const verdicts = verdictsOf(world, register, standing, facts, limits);
    if (INDICATORS.some((indicator) => counted.has(indicator) && verdicts[indicator] === "violated"))
      truth.tasks.push(id);
    for (const indicator of INDICATORS) note(truth.expected[indicator], id, verdicts[indicator]);
  }
  return truth;
}

function note(expected: Truth["expected"][Indicator], id: string, verdict: "violated" | "clear" | { unknown: string }) {
  if (verdict === "violated") {
    expected.violated.push(id);
  } else if (verdict === "clear") {
    expected.clear++;
  } else {
    expected.unknown.push(id);
    expected.unknownReasons[verdict.unknown] = (expected.unknownReasons[verdict.unknown] ?? 0) + 1;
  }
}

/** Drawn twice rather than kept: a big world's standings would not fit in memory. */
async function* everyStanding(world: World, standingAt: (index: number) => Standing | null): AsyncGenerator<Standing> {
  for (let index = 0; index < world.count("asset"); index++) {
    if (index % ASSETS_PER_SLICE === 0) await nextTurn();
    const one = standingAt(index);
    if (one !== null) yield one;
  }
}

function emptyTruth(businessDate: string, asOf: string): Truth {
  const nothing = () => ({ violated: [], unknown: [], clear: 0, unknownReasons: {} });
  // Every indicator is in the list, so that the record is whole.
  const expected = Object.fromEntries(
    INDICATORS.map((indicator) => [indicator, nothing()]),
  ) as unknown as Truth["expected"];
  return { businessDate, asOf, watched: [], notWatched: {}, expected, tasks: [] };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
