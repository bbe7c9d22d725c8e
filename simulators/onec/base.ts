import { ENTITY_TYPES, type EntityType } from "../world/entities.ts";
import { chanceOf, hashText, randomFor } from "../world/random.ts";
import type { World } from "../world/world.ts";
import { type Dirt, dirtAt } from "./dirt.ts";
import { SETS, wireRecord } from "./mapping.ts";
import { makeRegistrations, type Registrations } from "./registrations.ts";
import { dataVersion, type WireRecord } from "./wire.ts";

export interface BaseOptions {
  /** How many deliberately broken records are among the changes. */
  dirt: number;
  /** The share of objects that are written again, unchanged, after they were received. */
  repeatShare: number;
}

export type Verdict = "accepted" | "rejected";

/** What a receiver acknowledged, and when. */
export interface LedgerEntry {
  type: string;
  id: string;
  version: string;
  verdict: Verdict;
  at: string;
  code?: string;
  text?: string;
}

/** The base as its two receivers see it: objects by slot, their versions, what is registered for whom, what was received. */
export interface Base {
  registrations: { odata: Registrations; http: Registrations };
  record(slot: number): WireRecord;
  versionOf(slot: number): string;
  /** -1 for a stranger. */
  slotOf(set: string, id: string): number;
  /** Takes note of an acknowledgement; a registration goes only when the version is still the present one. */
  acknowledge(
    way: "odata" | "http",
    slot: number,
    version: string,
    verdict: Verdict,
    reason?: { code?: string; text?: string },
  ): void;
  ledger(): Generator<LedgerEntry>;
  /** Writes objects again without changing them, but for a comment of so many characters, which nobody asked for, when it is given. */
  touch(slots: Iterable<number>, commentChars?: number): void;
  slotCount(): number;
  dirt(): Dirt[];
}

const REPEAT = hashText("repeat");
const DISPLACED_SHARE = 0.04;

export function makeBase(world: World, options: BaseOptions): Base {
  const { slots, slotOfEntity, addSlot } = layOut(world, options.dirt);
  const registrations = { odata: makeRegistrations(), http: makeRegistrations() };
  const versions: number[] = slots.map((_, slot) => slot + 2);
  let writes = versions.length + 2;
  const received: (LedgerEntry | undefined)[] = [];
  const repeated = new Set<number>();
  const dirtSlots = new Map<string, number>();
  const comments = new Map<number, string>();

  const dirtOf = (slot: number) => dirtAt(world.plan.seed, slots[slot]?.index ?? 0, dataVersion(versions[slot] ?? 0));
  const write = (slot: number) => {
    versions[slot] = writes++;
    registrations.odata.register(slot);
    registrations.http.register(slot);
  };
  for (const slot of initialOrder(world, slots)) {
    registrations.odata.register(slot);
    registrations.http.register(slot);
  }
  slots.forEach((one, slot) => {
    if (one.type === "dirt") dirtSlots.set(key(dirtOf(slot).record.set, dirtOf(slot).record.id), slot);
  });
  world.onWrite((type, index) => write(slotOfEntity(type, index) ?? addSlot(type, index)));

  const base: Base = {
    registrations,
    versionOf: (slot) => dataVersion(versions[slot] ?? 0),
    record: (slot) => {
      const one = slots[slot];
      if (one === undefined) throw new Error(`there is no slot ${slot}`);
      if (one.type === "dirt") return dirtOf(slot).record;
      const record = wireRecord(one.type, world.entityAt(one.type, one.index), base.versionOf(slot));
      const comment = comments.get(slot);
      if (comment !== undefined) record.attributes.Комментарий = comment;
      return world.isRemoved(one.type, one.index) ? { ...record, deleted: true, removed: true } : record;
    },
    slotOf: (set, id) => {
      const type = ENTITY_TYPES.find((one) => SETS[one] === set);
      const index = type === undefined ? -1 : world.indexOf(type, id);
      if (type === undefined || index < 0) return dirtSlots.get(key(set, id)) ?? -1;
      return slotOfEntity(type, index) ?? -1;
    },
    acknowledge: (way, slot, version, verdict, reason = {}) => {
      const { set, id } = base.record(slot);
      received[slot] = { type: set, id, version, verdict, at: new Date().toISOString(), ...reason };
      if (version !== base.versionOf(slot)) return;
      registrations[way].drop(slot);
      if (repeated.has(slot) || chanceOf(world.plan.seed, REPEAT, slot) >= options.repeatShare) return;
      repeated.add(slot);
      write(slot);
    },
    ledger: function* () {
      for (const entry of received) if (entry !== undefined) yield entry;
    },
    touch: (touched, commentChars) => {
      const comment =
        commentChars === undefined ? undefined : "Согласовано. ".repeat(commentChars).slice(0, commentChars);
      for (const slot of touched) {
        if (comment !== undefined) comments.set(slot, comment);
        write(slot);
      }
    },
    slotCount: () => slots.length,
    dirt: () => [...dirtSlots.values()].map(dirtOf),
  };
  return base;
}

interface Slot {
  type: EntityType | "dirt";
  index: number;
}

function layOut(world: World, dirt: number) {
  const slots: Slot[] = [];
  const firstOf = new Map<EntityType, { slot: number; count: number }>();
  const added = new Map<string, number>();
  for (const type of ENTITY_TYPES) {
    firstOf.set(type, { slot: slots.length, count: world.count(type) });
    for (let index = 0; index < world.count(type); index++) slots.push({ type, index });
  }
  for (let index = 0; index < dirt; index++) slots.push({ type: "dirt", index });
  return {
    slots,
    slotOfEntity: (type: EntityType, index: number) => {
      const first = firstOf.get(type);
      return first !== undefined && index < first.count ? first.slot + index : added.get(key(type, String(index)));
    },
    addSlot: (type: EntityType, index: number) => {
      added.set(key(type, String(index)), slots.length);
      return slots.push({ type, index }) - 1;
    },
  };
}

/** By type as the designer lists them, but some out of turn, the late ones last, dirt anywhere, the untold ones never. */
function initialOrder(world: World, slots: readonly Slot[]): number[] {
  const ranks = new Float64Array(slots.length);
  const told: number[] = [];
  const random = randomFor(world.plan.seed, "order");
  slots.forEach(({ type, index }, slot) => {
    const delivery = type === "dirt" ? "normal" : world.deliveryOf(type, index);
    if (delivery === "never") return;
    const displaced = type === "dirt" || random.chance(DISPLACED_SHARE);
    ranks[slot] = delivery === "late" ? 1 + random.next() : displaced ? random.next() : slot / slots.length;
    told.push(slot);
  });
  return told.sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
}

function key(set: string, id: string): string {
  return `${set}:${id}`;
}
