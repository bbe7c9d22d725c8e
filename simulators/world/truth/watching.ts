import { type Asset, type Contract, type EntityType, type Nomenclature, WATCHED_KINDS } from "../entities.ts";
import type { World } from "../world.ts";

/** An asset with all that its being watched depends on, as of a business date. */
export interface Standing {
  index: number;
  asset: Asset;
  nomenclature: Nomenclature | null;
  contract: Contract | null;
  handedOverOn: string | null;
  returned: boolean;
  /** Why it is not watched, null when it is. */
  reason: UnwatchedReason | null;
}

export type UnwatchedReason =
  | "asset_deleted"
  | "no_nomenclature"
  | "kind_not_watched"
  | "no_contract"
  | "contract_deleted"
  | "contract_not_active"
  | "contract_not_started"
  | "contract_ended"
  | "asset_returned";

/** Says of each asset how it stands on a date; null for one that the base never told or took back. */
export function standingOn(world: World, date: string): (index: number) => Standing | null {
  const byRow = contractsByRow(world);
  return (index) => {
    if (!isTold(world, "asset", index)) return null;
    const asset = world.entityAt("asset", index);
    const nomenclature = lookUp(world, "nomenclature", asset.nomenclature);
    const contract = asset.contract === null ? byRow(index) : lookUp(world, "contract", asset.contract);
    const row = contract?.rows.find((one) => one.asset === asset.id);
    const returned = row?.returnedOn != null && row.returnedOn <= date;
    const handedOverOn = row?.handedOverOn ?? contract?.startsOn ?? null;
    const standing = { index, asset, nomenclature, contract, handedOverOn, returned };
    return { ...standing, reason: reasonOf(standing, date) };
  };
}

/** What the other side can know of an entity that something refers to. */
export function lookUp<T extends EntityType>(world: World, type: T, id: string | null) {
  const index = id === null ? -1 : world.indexOf(type, id);
  return index >= 0 && isTold(world, type, index) ? world.entityAt(type, index) : null;
}

function isTold(world: World, type: EntityType, index: number): boolean {
  return world.deliveryOf(type, index) !== "never" && !world.isRemoved(type, index);
}

function reasonOf(standing: Omit<Standing, "reason">, date: string): UnwatchedReason | null {
  const { asset, nomenclature, contract, returned } = standing;
  if (asset.deleted) return "asset_deleted";
  if (nomenclature === null) return "no_nomenclature";
  if (nomenclature.kind === null || !WATCHED_KINDS.has(nomenclature.kind)) return "kind_not_watched";
  if (contract === null) return "no_contract";
  if (contract.deleted) return "contract_deleted";
  if (contract.status !== "active") return "contract_not_active";
  if (contract.startsOn !== null && contract.startsOn > date) return "contract_not_started";
  if (contract.endsOn !== null && contract.endsOn < date) return "contract_ended";
  return returned ? "asset_returned" : null;
}

/** The contract that lists an asset in its rows, for assets that do not name their contract themselves. */
function contractsByRow(world: World): (asset: number) => Contract | null {
  const lister = new Map<number, number>();
  for (let index = 0; index < world.count("contract"); index++) {
    if (!isTold(world, "contract", index)) continue;
    const contract = world.entityAt("contract", index);
    if (contract.deleted) continue;
    for (const row of contract.rows) lister.set(world.indexOf("asset", row.asset), index);
  }
  return (asset) => {
    const index = lister.get(asset);
    return index === undefined ? null : world.entityAt("contract", index);
  };
}
