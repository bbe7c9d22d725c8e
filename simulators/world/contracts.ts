import { addDays } from "./calendar.ts";
import type { ContractStatus, Delivery } from "./entities.ts";
import { type Point, pointAt } from "./geometry.ts";
import { addressAt, partyTruthAt } from "./parties.ts";
import { type Place, pickCity } from "./places.ts";
import type { Plan } from "./plan.ts";
import { type Random, randomFor } from "./random.ts";
import { SHARES } from "./shares.ts";

/** A contract without its rows. */
export interface ContractTerms {
  place: Place;
  /** Where the assets are to be; the base may not say so. */
  home: Point;
  radiusKm: number;
  planKmPerYear: number;
  address: string;
  status: ContractStatus;
  startsOn: string | null;
  endsOn: string;
  /** Handed over a few days ago: the trackers are not yet installed. */
  justHandedOver: boolean;
  deleted: boolean;
  delivery: Delivery;
  told: { region: boolean; location: boolean; radius: boolean; plan: boolean };
  debt: number;
  overdueDays: number;
}

export const DEFAULT_RADIUS_KM = 50;

// Asked for by every asset, tracker and contact of the contract.
const DRAWN = new WeakMap<Plan, (ContractTerms | undefined)[]>();

export function contractTermsAt(plan: Plan, index: number): ContractTerms {
  const drawn = DRAWN.get(plan) ?? [];
  if (drawn.length === 0) DRAWN.set(plan, drawn);
  const terms = drawn[index] ?? drawTerms(plan, index);
  drawn[index] = terms;
  return terms;
}

function drawTerms(plan: Plan, index: number): ContractTerms {
  const random = randomFor(plan.seed, "contract", index);
  const shares = SHARES.contract;
  const lessee = partyTruthAt(plan, plan.lesseeOfContract[index] ?? 0);
  const place = random.chance(0.7) ? lessee.place : pickCity(random);
  const told = {
    region: !random.chance(shares.withoutRegion),
    location: !random.chance(shares.withoutLocation),
    radius: !random.chance(shares.withoutRadius),
    plan: !random.chance(shares.withoutPlan),
  };
  const overdue = random.chance(shares.overdue);
  return {
    place,
    home: pointAt(place, random.next() * place.spreadKm * 0.4, random.next() * 360),
    radiusKm: told.radius ? random.pick([30, 50, 50, 100, 150, 300]) : DEFAULT_RADIUS_KM,
    planKmPerYear: random.int(4, 30) * 5000,
    address: addressAt(random, place),
    ...datesOf(plan, random),
    deleted: random.chance(shares.deleted),
    delivery: deliveryOf(random),
    told,
    debt: overdue ? random.int(20_000, 3_000_000) : 0,
    overdueDays: overdue ? random.int(1, 120) : 0,
  };
}

function datesOf(plan: Plan, random: Random) {
  const shares = SHARES.contract;
  const drawn = random.next();
  const length = random.pick([24, 36, 36, 48, 60]) * 30;
  const dated = (status: ContractStatus, startDaysAgo: number, endsInDays: number, justHandedOver = false) => ({
    status,
    startsOn: addDays(plan.businessDate, -startDaysAgo),
    endsOn: addDays(plan.businessDate, endsInDays),
    justHandedOver,
  });
  let edge = shares.draft;
  if (drawn < edge) return dated("draft", -random.int(5, 60), length);
  edge += shares.suspended;
  if (drawn < edge) return dated("suspended", random.int(100, 900), random.int(30, 900));
  edge += shares.finished;
  if (drawn < edge) return dated("finished", length + 40, -random.int(20, 400));
  edge += shares.terminated;
  if (drawn < edge) return dated("terminated", random.int(200, 900), random.int(30, 900));
  edge += shares.activeButEnded;
  if (drawn < edge) return dated("active", length, -random.int(5, 60));
  edge += shares.activeButNotStarted;
  if (drawn < edge) return dated("active", -random.int(5, 30), length);
  edge += shares.justHandedOver;
  if (drawn < edge) return dated("active", 2, length, true);
  edge += shares.withoutStart;
  const running = dated("active", random.int(40, length - 20), random.int(15, 700));
  return drawn < edge ? { ...running, startsOn: null } : running;
}

function deliveryOf(random: Random): Delivery {
  const drawn = random.next();
  if (drawn < SHARES.contract.never) return "never";
  return drawn < SHARES.contract.never + SHARES.contract.late ? "late" : "normal";
}
