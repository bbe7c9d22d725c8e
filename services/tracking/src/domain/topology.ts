import type { Polygon, Ring } from "./geometry.ts";

/** The part of the TopoJSON format that a quantised file of polygons uses. */
export type Topology<P> = {
  type: "Topology";
  transform: { scale: [number, number]; translate: [number, number] };
  /** Shared borders, once each: the first position, then differences, in steps of the scale. */
  arcs: [number, number][][];
  objects: Record<string, { type: "GeometryCollection"; geometries: TopologyGeometry<P>[] }>;
};

export type TopologyGeometry<P> = { properties: P } & (
  | { type: "Polygon"; arcs: number[][] }
  | { type: "MultiPolygon"; arcs: number[][][] }
);

/** The polygons of one geometry. A negative arc number ~n means arc n from its end. */
export function polygonsOf<P>(topology: Topology<P>, geometry: TopologyGeometry<P>): Polygon[] {
  const parts = geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs;
  return parts.map((rings) => rings.map((arcs) => ringOf(topology, arcs)));
}

function ringOf(topology: Topology<unknown>, arcNumbers: readonly number[]): Ring {
  const flat: number[] = [];
  for (const number of arcNumbers) {
    const positions = arcPositions(topology, number < 0 ? ~number : number);
    if (number < 0) positions.reverse();
    // Consecutive arcs share the position where they meet.
    for (const [lon, lat] of flat.length === 0 ? positions : positions.slice(1)) flat.push(lon, lat);
  }
  return Float64Array.from(flat);
}

function arcPositions({ arcs, transform }: Topology<unknown>, number: number): [number, number][] {
  let x = 0;
  let y = 0;
  return (arcs[number] ?? []).map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * transform.scale[0] + transform.translate[0], y * transform.scale[1] + transform.translate[1]];
  });
}
