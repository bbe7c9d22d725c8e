import RBush from "rbush";
import { boxOf } from "../domain/geometry.ts";
import type { ZoneShape } from "../domain/zone-visits.ts";

type Entry = { minX: number; minY: number; maxX: number; maxY: number; zone: ZoneShape };

/** The zones in force, found by place and by id. */
export class ZoneIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  put(zone: ZoneShape): void {
    this.remove(zone.zoneId);
    const { west, south, east, north } = boxOf(zone.shape);
    const entry = { minX: west, minY: south, maxX: east, maxY: north, zone };
    this.#tree.insert(entry);
    this.#entries.set(zone.zoneId, entry);
  }

  remove(zoneId: string): void {
    const entry = this.#entries.get(zoneId);
    if (entry === undefined) return;
    this.#tree.remove(entry);
    this.#entries.delete(zoneId);
  }

  /** Zones whose box contains the place. */
  at(lon: number, lat: number): ZoneShape[] {
    return this.#tree.search({ minX: lon, minY: lat, maxX: lon, maxY: lat }).map((entry) => entry.zone);
  }

  get(zoneId: string): ZoneShape | undefined {
    return this.#entries.get(zoneId)?.zone;
  }
}
