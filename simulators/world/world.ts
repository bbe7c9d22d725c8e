import { assetAt, contractAt } from "./assets.ts";
import { DAY_MS } from "./calendar.ts";
import { makeClock, type WorldClock } from "./clock.ts";
import { type ContactContext, contactsOn, type WorldContact } from "./contacts.ts";
import { contractTermsAt } from "./contracts.ts";
import { type Device, deviceAt, deviceCountAt, spareDeviceAt } from "./devices.ts";
import type { Delivery, Entity, EntityOf, EntityType } from "./entities.ts";
import { indexOfGuid } from "./guid.ts";
import { NOMENCLATURE_COUNT, nomenclatureAt, nomenclatureDelivery } from "./nomenclature.ts";
import { contactAt, counterpartyAt, type PartyState, type PartyTruth, partyTruthAt } from "./parties.ts";
import { makePlan, type Plan, type WorldOptions } from "./plan.ts";
import { SHARES } from "./shares.ts";
import { decoyAt, spotOn, type Track, trackAt } from "./tracks.ts";
import { makeZones, type ZoneMap } from "./zones.ts";

export interface World {
  plan: Plan;
  clock: WorldClock;
  zones: ZoneMap;
  /** How many entities of a type there are, those added later included. */
  count(type: EntityType): number;
  entityAt<T extends EntityType>(type: T, index: number): EntityOf[T];
  /** -1 for a stranger. */
  indexOf(type: EntityType, id: string): number;
  deliveryOf(type: EntityType, index: number): Delivery;
  /** Gone without a trace but the tombstone. */
  isRemoved(type: EntityType, index: number): boolean;
  /** Stores the new state of an entity, of the index `count(type)` to add one, and tells the listeners of the write. */
  write<T extends EntityType>(type: T, index: number, entity: EntityOf[T]): void;
  remove(type: EntityType, index: number): void;
  onWrite(listener: (type: EntityType, index: number) => void): void;
  partyAt(index: number): PartyTruth;
  setPartyState(index: number, state: PartyState): void;
  deviceCount(): number;
  deviceAt(index: number): Device;
  setDevice(device: Device): void;
  /** Contacts of one tracker whose contact day (from day zero) is `day`. */
  contactsOn(device: Device, day: number): WorldContact[];
  /** Contacts that were put in by hand; they come on top of those drawn. */
  addedContacts: WorldContact[];
}

/**
 * A deterministic world of leased assets: the same options make the same world in every process. Entities are drawn on
 * demand from the seed, what is changed later is kept beside, so that 200,000 assets cost little memory until used.
 */
export function createWorld(options: WorldOptions): World {
  const plan = makePlan(options);
  const zones = makeZones(plan.seed, plan.dayZeroMs);
  const entities = entityStore(plan);
  const devices = deviceStore(plan);
  const tracks = trackStore(plan, zones);
  const partyStates = new Map<number, PartyState>();
  return {
    plan,
    zones,
    clock: makeClock(plan.startMs),
    ...entities,
    ...devices,
    partyAt: (index) => {
      const party = partyTruthAt(plan, index);
      const state = partyStates.get(index);
      return state === undefined ? party : { ...party, state };
    },
    setPartyState: (index, state) => void partyStates.set(index, state),
    contactsOn: (device, day) => contactsOn(tracks, device, day),
    addedContacts: [],
  };
}

/** How long ago, beyond the common history, the last sign of life of a silent tracker may be. */
export const HISTORY_DAYS_MAX = 24;

/** Every day (from day zero) on which anything may have been heard up to an instant. */
export function daysUntil(plan: Plan, atMs: number): { first: number; last: number } {
  return { first: -HISTORY_DAYS_MAX - plan.historyDays, last: Math.floor((atMs - plan.dayZeroMs) / DAY_MS) };
}

function entityStore(plan: Plan) {
  const drawnCount: Record<EntityType, number> = {
    nomenclature: NOMENCLATURE_COUNT,
    counterparty: plan.counterpartyCount,
    contact: plan.contactCount,
    contract: plan.contractCount,
    asset: plan.assetCount,
  };
  const draw: { [T in EntityType]: (index: number) => EntityOf[T] } = {
    nomenclature: (index) => nomenclatureAt(plan.seed, index),
    counterparty: (index) => counterpartyAt(plan, index),
    contact: (index) => contactAt(plan, index),
    contract: lastDrawn((index) => contractAt(plan, index)),
    asset: (index) => assetAt(plan, index),
  };
  const written = new Map<string, Entity>();
  const addedIds = new Map<string, number>();
  const added: Record<EntityType, number> = { nomenclature: 0, counterparty: 0, contact: 0, contract: 0, asset: 0 };
  const removed = new Set<string>();
  const listeners: ((type: EntityType, index: number) => void)[] = [];
  const tell = (type: EntityType, index: number) => {
    for (const listener of listeners) listener(type, index);
  };
  const count = (type: EntityType) => drawnCount[type] + added[type];
  return {
    count,
    entityAt: <T extends EntityType>(type: T, index: number): EntityOf[T] =>
      // The key names the type, so what is stored under it is of that type.
      (written.get(`${type}:${index}`) as EntityOf[T] | undefined) ?? draw[type](index),
    indexOf: (type: EntityType, id: string) => {
      const index = addedIds.get(`${type}:${id}`) ?? indexOfGuid(plan.seed, type, id);
      return index < count(type) ? index : -1;
    },
    deliveryOf: (type: EntityType, index: number): Delivery => {
      // What is written by hand is told, whatever was drawn.
      if (index >= drawnCount[type] || written.has(`${type}:${index}`)) return "normal";
      if (type === "nomenclature") return nomenclatureDelivery(index);
      if (type === "contract") return contractTermsAt(plan, index).delivery;
      return type === "counterparty" ? partyTruthAt(plan, index).delivery : "normal";
    },
    isRemoved: (type: EntityType, index: number) => removed.has(`${type}:${index}`),
    write: <T extends EntityType>(type: T, index: number, entity: EntityOf[T]) => {
      if (index > count(type)) throw new Error(`write ${type} number ${index}: there are only ${count(type)}`);
      if (index === count(type)) {
        added[type]++;
        addedIds.set(`${type}:${entity.id}`, index);
      }
      written.set(`${type}:${index}`, entity);
      removed.delete(`${type}:${index}`);
      tell(type, index);
    },
    remove: (type: EntityType, index: number) => {
      removed.add(`${type}:${index}`);
      tell(type, index);
    },
    onWrite: (listener: (type: EntityType, index: number) => void) => void listeners.push(listener),
  };
}

/** Assets of one contract are asked for in a row, and a contract with thirty of them is dear to draw. */
function lastDrawn<T>(draw: (index: number) => T): (index: number) => T {
  let last: { index: number; entity: T } | undefined;
  return (index) => {
    if (last?.index !== index) last = { index, entity: draw(index) };
    return last.entity;
  };
}

function deviceStore(plan: Plan) {
  let devices: Device[] | undefined;
  const all = () => {
    devices ??= drawDevices(plan);
    return devices;
  };
  return {
    deviceCount: () => all().length,
    deviceAt: (index: number) => {
      const device = all()[index];
      if (device === undefined) throw new Error(`there is no device number ${index}`);
      return device;
    },
    setDevice: (device: Device) => {
      all()[device.index] = device;
    },
  };
}

function drawDevices(plan: Plan): Device[] {
  const devices: Device[] = [];
  for (let asset = 0; asset < plan.assetCount; asset++) {
    const count = deviceCountAt(plan, asset);
    for (let slot = 0; slot < count; slot++) devices.push(deviceAt(plan, devices.length, asset, slot, count));
  }
  const spares = Math.ceil(plan.assetCount * SHARES.device.spare);
  for (let spare = 0; spare < spares; spare++) devices.push(spareDeviceAt(plan, devices.length));
  return devices;
}

function trackStore(plan: Plan, zones: ZoneMap): ContactContext {
  const tracks: (Track | undefined)[] = [];
  const trackOf = (asset: number) => {
    const track = tracks[asset] ?? trackAt(plan, zones, asset);
    tracks[asset] = track;
    return track;
  };
  return {
    plan,
    spotOf: (asset, day, contradicts) => {
      // What was added to the world later stands where the last of the drawn assets stands.
      const known = Math.min(asset, plan.assetCount - 1);
      const track = trackOf(known);
      return (contradicts ? decoyAt(plan, zones, track, known) : null) ?? spotOn(plan, track, known, day);
    },
  };
}
