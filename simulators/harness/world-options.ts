import type { WorldOptions } from "../world/plan.ts";
import { createWorld, type World } from "../world/world.ts";

/** Where a simulator takes its world from: one given, or one made from the same flags in every process. */
export interface WorldSource extends Partial<WorldOptions> {
  /** Share one world among the simulators of a process. */
  world?: World;
  /** Let the world's clock follow the real one; default: it stands still when `now` was given, else it runs. */
  clock?: "fixed" | "running";
}

export function worldFrom(source: WorldSource): World {
  if (source.world !== undefined) return source.world;
  const world = createWorld({
    seed: source.seed ?? 1,
    assets: source.assets ?? 2000,
    now: source.now ?? new Date().toISOString(),
    ...(source.businessDate === undefined ? {} : { businessDate: source.businessDate }),
    ...(source.historyDays === undefined ? {} : { historyDays: source.historyDays }),
  });
  if ((source.clock ?? (source.now === undefined ? "running" : "fixed")) === "running") world.clock.run();
  return world;
}

/** The world's part of a command line. */
export function worldFlags(flags: {
  seed?: number;
  assets?: number;
  now?: string;
  clock?: string;
  "business-date"?: string;
  "history-days"?: number;
}): WorldSource {
  const { seed, assets, now, clock, "business-date": businessDate, "history-days": historyDays } = flags;
  if (clock !== undefined && clock !== "fixed" && clock !== "running")
    throw new Error(`--clock is fixed or running, not ${clock}`);
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(assets === undefined ? {} : { assets }),
    ...(now === undefined ? {} : { now }),
    ...(clock === undefined ? {} : { clock }),
    ...(businessDate === undefined ? {} : { businessDate }),
    ...(historyDays === undefined ? {} : { historyDays }),
  };
}

/** A value of a command line that is one of a few words. */
export function oneOf<Word extends string>(
  flag: string,
  value: string | undefined,
  words: readonly Word[],
): Word | undefined {
  const known = words.find((word) => word === value);
  if (value !== undefined && known === undefined)
    throw new Error(`${flag} is one of ${words.join(", ")}, not ${value}`);
  return known;
}
