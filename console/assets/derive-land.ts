import { geoEquirectangular, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

/** Longitude and latitude in degrees. */
type Point = [number, number];
type Ring = Point[];
export type LandGeometry = { type: "MultiPolygon"; coordinates: Ring[][] };

// Everywhere that a leased asset of a Russian lessor may plausibly be; east of 180 the longitudes run on, so that Chukotka stays in one piece.
const crop = { west: 12, south: 34, east: 191, north: 82.5 };
const centreDeg = 100;
// Triangles smaller than this, in square degrees shrunk by latitude, are not seen at the zooms an analyst uses.
const areaMin = 0.0028;
const ringAreaMin = 0.012;
const decimals = 2;

/**
 * Land without any border, cut out of Natural Earth 1:50m (public domain, by world-atlas) for the map's base.
 * The source's rings are stitched over the 180th meridian, which drawn on a plane sends stripes over the whole of Russia;
 * turning the globe by 100 degrees before it is cut moves that seam to the Atlantic.
 */
export function deriveLand(topology: Topology<{ land: GeometryCollection }>): LandGeometry {
  const land = feature(topology, topology.objects.land);
  const rings: Ring[] = [];
  const scale = 180 / Math.PI;
  const projection = geoEquirectangular()
    .rotate([-centreDeg, 0])
    .scale(scale)
    .translate([0, 0])
    .precision(0)
    .clipExtent([
      [crop.west - centreDeg, -crop.north],
      [crop.east - centreDeg, -crop.south],
    ]);
  let ring: Ring = [];
  geoPath(projection, {
    beginPath() {},
    arc() {},
    moveTo(x, y) {
      ring = [[x + centreDeg, -y]];
      rings.push(ring);
    },
    lineTo(x, y) {
      ring.push([x + centreDeg, -y]);
    },
    closePath() {},
  })(land);
  const kept = rings.map(simplify).filter((each) => each.length >= 4 && Math.abs(areaOf(each)) >= ringAreaMin);
  return { type: "MultiPolygon", coordinates: groupHoles(kept.map(round)) };
}

/** Visvalingam: drops the point whose triangle with its neighbours is smallest, until all are large enough. */
function simplify(ring: Ring): Ring {
  const points = [...ring];
  const weightAt = (i: number) => triangleArea(points[i - 1], points[i], points[i + 1]);
  const weights = points.map((_, i) => weightAt(i));
  while (points.length > 4) {
    const smallest = weights.reduce((best, weight, i) => (weight < (weights[best] ?? 0) ? i : best), 0);
    if ((weights[smallest] ?? 0) >= areaMin) break;
    points.splice(smallest, 1);
    weights.splice(smallest, 1);
    for (const i of [smallest - 1, smallest]) weights[i] = weightAt(i);
  }
  return points;
}

/** Infinite at the ends of the line, which stay. */
function triangleArea(a: Point | undefined, b: Point | undefined, c: Point | undefined): number {
  if (!a || !b || !c) return Number.POSITIVE_INFINITY;
  const shrink = Math.cos((b[1] * Math.PI) / 180);
  return (Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2) * shrink;
}

function areaOf(ring: Ring): number {
  let doubled = 0;
  ring.forEach((point, i) => {
    const next = ring[(i + 1) % ring.length] ?? point;
    doubled += point[0] * next[1] - next[0] * point[1];
  });
  return doubled / 2;
}

function round(ring: Ring): Ring {
  const rounded = ring.map(([lon, lat]): Point => [Number(lon.toFixed(decimals)), Number(lat.toFixed(decimals))]);
  const [first] = rounded;
  const last = rounded.at(-1);
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) rounded.push([...first]);
  return rounded;
}

/** A ring inside another is water in it (the Caspian Sea); all others are land of their own. */
function groupHoles(rings: Ring[]): Ring[][] {
  const bySize = [...rings].sort((a, b) => Math.abs(areaOf(b)) - Math.abs(areaOf(a)));
  const polygons: Ring[][] = [];
  for (const ring of bySize) {
    const [corner] = ring;
    const around = corner && polygons.find(([outer]) => outer && contains(outer, corner));
    if (around) around.push(ring);
    else polygons.push([ring]);
  }
  return polygons;
}

function contains(ring: Ring, [x, y]: Point): boolean {
  let inside = false;
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length] ?? [ax, ay];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}
