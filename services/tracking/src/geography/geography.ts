import type { Queryable } from "@dozor/runtime/database";
import { sliced } from "@dozor/runtime/slices";
import { parseGeometry } from "../domain/geojson.ts";
import type { Polygon } from "../domain/geometry.ts";
import { geographyEpochs, importedRegions } from "../store/regions.ts";
import { zonesChangedAfter } from "../store/zones.ts";
import { builtInRegions, builtInRegionsNote } from "./built-in-regions.ts";
import { buildRegionIndex, type RegionIndex, type RegionPolygons } from "./region-index.ts";
import { ZoneIndex } from "./zone-index.ts";

type Places = { zones: ZoneIndex; regions: RegionIndex; regionsNote: string };

/** This process's copy of the zones in force and of the federal subjects. */
export type Geography = {
  /** Brings the copy up to date. With `isHeld` it stays up to date until the end of the transaction. */
  current(db: Queryable, options?: { isHeld: boolean }): Promise<Places>;
};

export async function createGeography(): Promise<Geography> {
  const zones = new ZoneIndex();
  let zoneEpoch = 0;
  let regionEpoch = 0;
  let regions = buildRegionIndex(await builtInRegions());
  let regionsNote = builtInRegionsNote;
  return {
    async current(db, { isHeld } = { isHeld: false }) {
      const epochs = await geographyEpochs(db, isHeld);
      if (epochs.zoneEpoch > zoneEpoch) {
        const changed = await zonesChangedAfter(db, zoneEpoch);
        // The epoch rises last: whoever sees it may rely on every zone of it.
        await sliced(
          changed,
          ({ zoneId, version, geometry, isInForce }) => {
            if (isInForce) zones.put({ zoneId, version, shape: parseGeometry(geometry) });
            else zones.remove(zoneId);
          },
          { label: "load zones" },
        );
        zoneEpoch = changed.reduce((newest, each) => Math.max(newest, each.epoch), epochs.zoneEpoch);
      }
      if (epochs.regionEpoch > regionEpoch) {
        const imported = await importedRegions(db);
        if (imported !== undefined) {
          regions = buildRegionIndex(readRegions(imported.polygons));
          regionsNote = imported.note;
        }
        regionEpoch = epochs.regionEpoch;
      }
      return { zones, regions, regionsNote };
    },
  };
}

/** Regions as they are stored: code → GeoJSON MultiPolygon coordinates. They were checked when they were imported. */
function readRegions(stored: unknown): RegionPolygons[] {
  return Object.entries(stored as Record<string, unknown>).map(([code, coordinates]) => {
    const shape = parseGeometry({ type: "MultiPolygon", coordinates }, { verticesMax: Number.POSITIVE_INFINITY });
    const polygons: readonly Polygon[] = shape.kind === "polygons" ? shape.polygons : [];
    return { code, polygons };
  });
}
