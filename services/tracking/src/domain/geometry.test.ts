import { expect, test } from "bun:test";
import fc from "fast-check";
import { GeometryError, geometryJson, parseGeometry } from "./geojson.ts";
import { boxOf, distanceToBoundaryM, haversineM, isInside } from "./geometry.ts";

const squareWithHole = parseGeometry({
  type: "Polygon",
  coordinates: [
    [
      [70, 50],
      [80, 50],
      [80, 60],
      [70, 60],
      [70, 50],
    ],
    [
      [74, 54],
      [76, 54],
      [76, 56],
      [74, 56],
      [74, 54],
    ],
  ],
});

test("a hole is outside", () => {
  expect(isInside(squareWithHole, 72, 55)).toBe(true);
  expect(isInside(squareWithHole, 75, 55)).toBe(false);
  expect(isInside(squareWithHole, 81, 55)).toBe(false);
});

test("each part of a MultiPolygon counts", () => {
  const islands = parseGeometry({
    type: "MultiPolygon",
    coordinates: [
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
      [
        [
          [178, 60],
          [180, 60],
          [180, 62],
          [178, 62],
        ],
      ],
    ],
  });
  expect(isInside(islands, 0.9, 0.5)).toBe(true);
  expect(isInside(islands, 179.5, 61)).toBe(true);
  expect(isInside(islands, 100, 30)).toBe(false);
});

test("a circle is measured on the ground, not in degrees", () => {
  const circle = parseGeometry({ type: "Circle", center: [73.3682, 54.9885], radiusM: 1000 });
  expect(isInside(circle, 73.3682 + 0.0155, 54.9885)).toBe(true);
  expect(isInside(circle, 73.3682 + 0.0158, 54.9885)).toBe(false);
  expect(isInside(circle, 73.3682, 54.9885 + 0.0091)).toBe(false);
});

test("Moscow and Saint Petersburg are 634 km apart", () => {
  expect(haversineM(37.6173, 55.7558, 30.3351, 59.9343) / 1000).toBeCloseTo(633, 0);
});

test("the distance to an edge is that of the nearest point of it, from inside and outside alike", () => {
  const metresNorth = 0.01 * 111_195;
  expect(distanceToBoundaryM(squareWithHole, 72, 60.01)).toBeCloseTo(metresNorth, -1);
  expect(distanceToBoundaryM(squareWithHole, 72, 59.99)).toBeCloseTo(metresNorth, -1);
  const circle = parseGeometry({ type: "Circle", center: [73, 55], radiusM: 1000 });
  expect(distanceToBoundaryM(circle, 73, 55)).toBeCloseTo(1000);
});

test("whatever is inside a shape is inside its box", () => {
  const lon = fc.double({ min: -180, max: 180, noNaN: true });
  const lat = fc.double({ min: -89.9, max: 89.9, noNaN: true });
  fc.assert(
    fc.property(lon, lat, fc.double({ min: 1, max: 2_000_000, noNaN: true }), lon, lat, (cx, cy, radiusM, x, y) => {
      const circle = parseGeometry({ type: "Circle", center: [cx, cy], radiusM });
      const box = boxOf(circle);
      const inBox = x >= box.west && x <= box.east && y >= box.south && y <= box.north;
      expect(isInside(circle, x, y) && !inBox).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test("a geometry which cannot be used is refused in words", () => {
  const refused: [unknown, RegExp][] = [
    [null, /not an object/],
    [{ type: "Point", coordinates: [1, 2] }, /of type Point/],
    [{ type: "Polygon", coordinates: [] }, /no rings/],
    [
      {
        type: "Polygon",
        coordinates: [
          [
            [0, 0],
            [1, 1],
          ],
        ],
      },
      /fewer than three corners/,
    ],
    [
      {
        type: "Polygon",
        coordinates: [
          [
            [0, 0],
            [1, 1],
            [200, 3],
            [0, 0],
          ],
        ],
      },
      /out of range/,
    ],
    [
      {
        type: "Polygon",
        coordinates: [
          [
            ["0", 0],
            [1, 1],
            [2, 3],
            [0, 0],
          ],
        ],
      },
      /not \[lon, lat\]/,
    ],
    [{ type: "Circle", center: [1, 2], radiusM: 0 }, /radius/],
  ];
  for (const [geometry, reason] of refused) {
    expect(() => parseGeometry(geometry)).toThrow(GeometryError);
    expect(() => parseGeometry(geometry)).toThrow(reason);
  }
});

test("a shape survives being written and read", () => {
  expect(parseGeometry(JSON.parse(geometryJson(squareWithHole)))).toEqual(squareWithHole);
});
