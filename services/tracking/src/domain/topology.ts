import type { Polygon, Ring } from "./geometry.ts";

/** The part of the TopoJSON format that a quantised file of polygons uses, but for its arcs. */
export type Topology<P> = {
  type: "Topology";
  transform: { scale: [number, number]; translate: [number, number] };
  objects: Record<string, { type: "GeometryCollection"; geometries: TopologyGeometry<P>[] }>;
};

export type TopologyGeometry<P> = { properties: P } & (
  | { type: "Polygon"; arcs: number[][] }
  | { type: "MultiPolygon"; arcs: number[][][] }
);

/** Shared borders, once each: longitude and latitude in turn, the first position absolute and the others as differences, in steps of the scale. */
export type Arc = Int32Array;

/**
 * Reads `[[[1,2],[-3,4]],[…]]`. By hand, because JSON.parse would leave an array for each of the forty thousand positions on the heap of a
 * process that has to be small.
 */
export function scanArcs(text: string): Arc[] {
  const arcs: Arc[] = [];
  const numbers: number[] = [];
  let depth = 0;
  let value = 0;
  let sign = 1;
  let isNumber = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48);
      isNumber = true;
      continue;
    }
    if (isNumber) numbers.push(sign * value);
    isNumber = false;
    value = 0;
    sign = code === 45 ? -1 : 1;
    if (code === 91) depth += 1;
    if (code !== 93) continue;
    depth -= 1;
    if (depth === 1) arcs.push(Int32Array.from(numbers.splice(0)));
    if (depth === 0) break;
  }
  return arcs;
}

/** The polygons of one geometry. A negative arc number ~n means arc n from its end. */
export function polygonsOf<P>(topology: Topology<P>, arcs: readonly Arc[], geometry: TopologyGeometry<P>): Polygon[] {
  const parts = geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs;
  return parts.map((rings) => rings.map((numbers) => ringOf(topology.transform, arcs, numbers)));
}

function ringOf({ scale, translate }: Topology<unknown>["transform"], arcs: readonly Arc[], numbers: number[]): Ring {
  const pieces = numbers.map((number) => ({ arc: arcs[number < 0 ? ~number : number], isReversed: number < 0 }));
  // Consecutive arcs share the position where they meet.
  const valueCount = pieces.reduce((sum, { arc }) => sum + (arc?.length ?? 0), 0) - 2 * (pieces.length - 1);
  const ring = new Float64Array(valueCount);
  let begin = 0;
  for (const { arc = new Int32Array(), isReversed } of pieces) {
    let x = 0;
    let y = 0;
    for (let i = 0; i < arc.length; i += 2) {
      x += arc[i] as number; // The loop stays within the arc.
      y += arc[i + 1] as number;
      const at = begin + (isReversed ? arc.length - 2 - i : i);
      ring[at] = x * scale[0] + translate[0];
      ring[at + 1] = y * scale[1] + translate[1];
    }
    begin += arc.length - 2;
  }
  return ring;
}
