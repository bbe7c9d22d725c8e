import { iso } from "./calendar.ts";
import type { DeviceContact } from "./contacts.ts";
import { type Device, typedNumbers } from "./devices.ts";
import { ENTITY_TYPES, type EntityOf, type EntityType } from "./entities.ts";
import type { PartyState } from "./parties.ts";
import { regionNear } from "./places.ts";
import { randomFor } from "./random.ts";
import { makeRegister } from "./register.ts";
import type { World } from "./world.ts";

/**
 * A change of the world. Post the same operation to every simulator that runs in a process of its own, so that their
 * worlds stay one; simulators that share a `World` need it once.
 */
export type Operation =
  /** Changes some fields of an entity; registered for exchange even when nothing changed. */
  | { op: "change"; type: EntityType; id: string; set: Record<string, unknown> }
  | { op: "add"; type: EntityType; entity: Record<string, unknown> & { id: string } }
  /** Marks for deletion; the entity is still told. */
  | { op: "delete"; type: EntityType; id: string }
  /** Takes away; only the tombstone is told. */
  | { op: "remove"; type: EntityType; id: string }
  /** Sets what the state register says of the party with this INN or OGRN. */
  | { op: "setPartyState"; number: string; state: PartyState }
  /** Seats a tracker on another asset (its Ref_Key) from `at` on; typed numbers follow unless given. */
  | { op: "moveDevice"; device: string; asset: string; at: string; vin?: string; plate?: string }
  | { op: "retypeDevice"; device: string; vin?: string; plate?: string; removedAt?: string | null }
  /** A tracker that says only what `addContact` puts in its mouth. */
  | {
      op: "addDevice";
      device: { id: string; vin?: string; plate?: string; installedAt: string; imei?: string; name?: string };
    }
  /** `region` (ISO 3166-2) is the subject of the fix where the world cannot tell it. */
  | { op: "addContact"; contact: Omit<DeviceContact, "receivedAt"> & { receivedAt?: string }; region?: string }
  /** The tracker says nothing from this UTC day on. */
  | { op: "silenceDevice"; device: string; from: string };

const DAY_MS = 86_400_000;

/** Applies one operation and says what it touched; throws when it does not fit the world. */
export function applyOperation(world: World, posted: unknown): { op: string; touched: string } {
  // Operations come from tests; what is missing shows itself below as an entity or device that does not exist.
  const operation = posted as Operation;
  switch (operation.op) {
    case "change":
    case "delete":
    case "remove":
    case "add":
      return { op: operation.op, touched: changeEntity(world, operation) };
    case "setPartyState":
      if (!makeRegister(world).setState(operation.number, operation.state))
        throw new Error(`no register record of ${operation.number}`);
      return { op: operation.op, touched: operation.number };
    case "addContact":
      return { op: operation.op, touched: addContact(world, operation) };
    case "addDevice":
      return { op: operation.op, touched: addDevice(world, operation.device) };
    case "moveDevice":
      return { op: operation.op, touched: moveDevice(world, operation) };
    case "retypeDevice": {
      const device = findDevice(world, operation.device);
      const { vin = device.vin, plate = device.plate, removedAt } = operation;
      const removedAtMs =
        removedAt === undefined ? device.removedAtMs : removedAt === null ? null : Date.parse(removedAt);
      world.setDevice({ ...device, vin, plate, removedAtMs });
      return { op: operation.op, touched: device.id };
    }
    case "silenceDevice": {
      const device = findDevice(world, operation.device);
      const lastDay = Math.floor((Date.parse(operation.from) - world.plan.dayZeroMs) / DAY_MS) - 1;
      world.setDevice({ ...device, lastDay });
      return { op: operation.op, touched: device.id };
    }
    default:
      throw new Error(`unknown operation ${JSON.stringify(posted)}`);
  }
}

export function findDevice(world: World, id: string): Device {
  for (let index = 0; index < world.deviceCount(); index++) {
    const device = world.deviceAt(index);
    if (device.id === id) return device;
  }
  throw new Error(`there is no device ${id}`);
}

function changeEntity(world: World, operation: Extract<Operation, { type: EntityType }>): string {
  const { type } = operation;
  if (!ENTITY_TYPES.includes(type)) throw new Error(`unknown entity type ${type}`);
  if (operation.op === "add") {
    if (world.indexOf(type, operation.entity.id) >= 0) throw new Error(`${type} ${operation.entity.id} exists already`);
    // Fields that were not given are taken from the first entity of the type, but nothing that must be unique.
    const unique = { asset: { vin: "", plate: "", serial: "", contract: null }, contract: { rows: [] } };
    const template = {
      ...world.entityAt(type, firstUsual(type)),
      deleted: false,
      ...(unique as Record<string, object>)[type],
    };
    world.write(type, world.count(type), { ...template, ...operation.entity } as EntityOf[typeof type]);
    return operation.entity.id;
  }
  const index = world.indexOf(type, operation.id);
  if (index < 0) throw new Error(`${operation.op} ${type} ${operation.id}: there is none`);
  if (operation.op === "remove") world.remove(type, index);
  else {
    const set = operation.op === "delete" ? { deleted: true } : operation.set;
    world.write(type, index, { ...world.entityAt(type, index), ...set } as EntityOf[typeof type]);
  }
  return operation.id;
}

/** The first entries of the nomenclature are folders. */
function firstUsual(type: EntityType): number {
  return type === "nomenclature" ? 12 : 0;
}

function addContact(world: World, { contact, region }: Extract<Operation, { op: "addContact" }>): string {
  const receivedAtMs = contact.receivedAt === undefined ? world.clock.now() : Date.parse(contact.receivedAt);
  const contactAtMs = Date.parse(contact.contactAt);
  if (Number.isNaN(receivedAtMs + contactAtMs)) throw new Error(`add contact ${contact.id}: times must be RFC 3339`);
  world.addedContacts.push({
    contact: { ...contact, receivedAt: iso(receivedAtMs) },
    contactAtMs,
    receivedAtMs,
    region: region ?? (contact.fix == null ? null : regionNear(contact.fix)),
  });
  return contact.id;
}

function addDevice(world: World, device: Extract<Operation, { op: "addDevice" }>["device"]): string {
  const index = world.deviceCount();
  world.setDevice({
    ...{ index, id: device.id, imei: device.imei ?? `86${String(index).padStart(13, "0")}`, series: "invis" },
    ...{
      name: device.name ?? device.id,
      vin: device.vin ?? "",
      plate: device.plate ?? "",
      sittings: [],
      shownBefore: [],
    },
    ...{ installedAtMs: Date.parse(device.installedAt), removedAtMs: null, behaviour: "never", phaseMs: 0 },
    ...{ firstDay: 1, lastDay: 0, lastFixDay: 0, odometer: "none", contradicts: false },
  });
  return device.id;
}

function moveDevice(world: World, operation: Extract<Operation, { op: "moveDevice" }>): string {
  const device = findDevice(world, operation.device);
  const asset = world.indexOf("asset", operation.asset);
  if (asset < 0) throw new Error(`move ${device.id}: there is no asset ${operation.asset}`);
  const atMs = Date.parse(operation.at);
  if (Number.isNaN(atMs) || atMs < device.installedAtMs)
    throw new Error(`move ${device.id} at ${operation.at}: it sits since later`);
  const typed =
    asset < world.plan.assetCount
      ? typedNumbers(world.plan, randomFor(world.plan.seed, "moved", device.index), asset)
      : { vin: "", plate: "" };
  world.setDevice({
    ...device,
    vin: operation.vin ?? typed.vin,
    plate: operation.plate ?? typed.plate,
    sittings: [...device.sittings, { asset, fromMs: atMs }],
    installedAtMs: atMs,
    removedAtMs: null,
    shownBefore: [
      ...device.shownBefore,
      {
        vin: device.vin,
        plate: device.plate,
        fromMs: device.installedAtMs,
        untilMs: Math.min(atMs, device.removedAtMs ?? atMs),
      },
    ],
  });
  return device.id;
}
