import { DAY_MS, moscowDate } from "./calendar.ts";
import { chanceOf, hash, hashText, randomFor } from "./random.ts";

export interface WorldOptions {
  seed: number;
  /** How many leased assets the base holds. */
  assets: number;
  /** The instant at which the world stands, RFC 3339; not later than the real clock of the system under test. */
  now: string;
  /** The day that contracts are arranged around; default: the Moscow date of `now`. */
  businessDate?: string;
  /** Days of tracker history before `now`, default 10. */
  historyDays?: number;
}

/** The skeleton of the world: how many of what, and who belongs to whom. Everything else is drawn from it on demand. */
export interface Plan {
  seed: number;
  historyDays: number;
  startMs: number;
  /** UTC midnight of the day on which the world starts; days are counted from it. */
  dayZeroMs: number;
  businessDate: string;
  assetCount: number;
  contractCount: number;
  lessorCount: number;
  /** Lessors come first among the counterparties. */
  counterpartyCount: number;
  contactCount: number;
  /** Assets of contract `c` are `firstAsset[c]` up to `firstAsset[c + 1]`. */
  firstAsset: Uint32Array;
  contractOfAsset: Uint32Array;
  lesseeOfContract: Uint32Array;
}

export function makePlan(options: WorldOptions): Plan {
  const startMs = Date.parse(options.now);
  if (Number.isNaN(startMs)) throw new Error(`make a world: now is not an instant: ${options.now}`);
  const { seed, assets: assetCount } = options;
  if (!Number.isInteger(assetCount) || assetCount < 1 || assetCount > 900_000) {
    throw new Error(`make a world: assets must be between 1 and 900000, not ${assetCount}`);
  }
  const contractOfAsset = new Uint32Array(assetCount);
  const starts: number[] = [];
  for (let asset = 0; asset < assetCount; ) {
    const size = contractSize(seed, starts.length);
    contractOfAsset.fill(starts.length, asset, asset + size);
    starts.push(asset);
    asset += size;
  }
  const contractCount = starts.length;
  const lessorCount = assetCount < 20_000 ? 3 : 6;
  const lesseeCount = Math.max(1, Math.ceil(contractCount * 0.65));
  return {
    seed,
    historyDays: options.historyDays ?? 10,
    startMs,
    dayZeroMs: Math.floor(startMs / DAY_MS) * DAY_MS,
    businessDate: options.businessDate ?? moscowDate(startMs),
    assetCount,
    contractCount,
    lessorCount,
    counterpartyCount: lessorCount + lesseeCount,
    contactCount: Math.ceil(lesseeCount * 1.3),
    firstAsset: Uint32Array.from([...starts, assetCount]),
    contractOfAsset,
    lesseeOfContract: lesseesOf(seed, contractCount, lessorCount, lesseeCount),
  };
}

/** Most contracts hold one or two assets, a few hold a fleet of thirty. */
function contractSize(seed: number, contract: number): number {
  const random = randomFor(seed, "contract-size", contract);
  const drawn = random.next();
  if (drawn < 0.35) return 1;
  if (drawn < 0.55) return 2;
  if (drawn < 0.8) return random.int(3, 5);
  return drawn < 0.94 ? random.int(6, 12) : random.int(13, 30);
}

function lesseesOf(seed: number, contractCount: number, lessorCount: number, lesseeCount: number): Uint32Array {
  const stream = hashText("lessee-of");
  const lessees = new Uint32Array(contractCount);
  for (let contract = 0; contract < contractCount; contract++) {
    // Squared, so that some lessees have many contracts.
    const drawn = chanceOf(seed, stream, contract) ** 2;
    const lessee = contract < lesseeCount ? contract : Math.floor(drawn * lesseeCount);
    lessees[contract] = lessorCount + (lessee % lesseeCount);
  }
  return lessees;
}

/** Numbers 0…size-1 in an order that looks random: `prime` must not divide `size`. */
export function scatter(seed: number, stream: string, index: number, size: number): number {
  const prime = 999_983;
  return (index * prime + (hash(seed, hashText(stream), 0, 0) % size)) % size;
}
