import RBush from "rbush";
import { distanceToBoundaryM, isInPolygon, metresPerDegree, type Polygon, polygonBox } from "../domain/geometry.ts";

export type RegionPolygons = { code: string; polygons: readonly Polygon[] };

export type RegionIndex = {
  /** The ISO 3166-2 code of the federal subject at a place, the nearest one within 10 km when it is in none, else "". */
  subjectAt(lon: number, lat: number): string;
};

const reachM = 10_000;

export function buildRegionIndex(regions: readonly RegionPolygons[]): RegionIndex {
  const tree = new RBush<{ minX: number; minY: number; maxX: number; maxY: number; code: string; polygon: Polygon }>();
  tree.load(
    regions.flatMap(({ code, polygons }) =>
      polygons.map((polygon) => {
        const { west, south, east, north } = polygonBox(polygon);
        return { minX: west, minY: south, maxX: east, maxY: north, code, polygon };
      }),
    ),
  );
  return {
    subjectAt(lon, lat) {
      for (const { code, polygon } of tree.search({ minX: lon, minY: lat, maxX: lon, maxY: lat })) {
        if (isInPolygon(polygon, lon, lat)) return code;
      }
      return nearest(lon, lat);
    },
  };

  // Simplified coasts and borders leave slivers between and beside the subjects; a harbour must not be nowhere.
  function nearest(lon: number, lat: number): string {
    const latReach = reachM / metresPerDegree;
    const lonReach = Math.min(180, latReach / Math.max(0.01, Math.cos((lat * Math.PI) / 180)));
    const box = { minX: lon - lonReach, minY: lat - latReach, maxX: lon + lonReach, maxY: lat + latReach };
    const found = tree.search(box);
    // Beyond the antimeridian longitudes start over.
    if (box.maxX > 180) found.push(...tree.search({ ...box, minX: -180, maxX: box.maxX - 360 }));
    if (box.minX < -180) found.push(...tree.search({ ...box, minX: box.minX + 360, maxX: 180 }));
    let best = { code: "", distanceM: reachM };
    for (const { code, polygon } of found) {
      const distanceM = distanceToBoundaryM({ kind: "polygons", polygons: [polygon] }, lon, lat);
      if (distanceM <= best.distanceM) best = { code, distanceM };
    }
    return best.code;
  }
}
