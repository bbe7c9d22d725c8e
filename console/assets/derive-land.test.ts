import { expect, test } from "bun:test";
import { deriveLand } from "./derive-land.ts";

const file = Bun.file(new URL("./land.geojson", import.meta.url));

test("the land under the map is what Natural Earth gives, and small enough to load with the first map", async () => {
  const topology = await Bun.file(Bun.resolveSync("world-atlas/land-50m.json", import.meta.dir)).json();
  expect(`${JSON.stringify(deriveLand(topology))}\n`).toBe(await file.text());
  expect(file.size).toBeLessThan(120_000);
});

test("Chukotka is one piece east of the 180th meridian, and the Caspian Sea is water", async () => {
  const { coordinates } = (await file.json()) as ReturnType<typeof deriveLand>;
  const eurasia = coordinates.find(([outer]) => outer && outer.length > 1000);
  const longitudes = (eurasia?.[0] ?? []).map(([longitude]) => longitude);
  expect(Math.max(...longitudes)).toBeGreaterThan(189);
  const caspian = eurasia?.[1] ?? [];
  expect(caspian.every(([lon, lat]) => lon > 46 && lon < 55.5 && lat > 36 && lat < 48)).toBe(true);
  expect(caspian.length).toBeGreaterThan(20);
});
