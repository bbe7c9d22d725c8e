import { expect, test } from "bun:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ConditionSchema, Membership } from "@dozor/proto/monitoring/v1/condition";
import { EvidenceSchema } from "@dozor/proto/monitoring/v1/verdict";
import { type Zone, ZoneSchema } from "@dozor/proto/tracking/v1/zone";
import { concernedZoneIds, evidenceScene, isEmptyScene, nearestZone } from "./evidence-scene.ts";

const omsk = { latitudeDeg: 54.99, longitudeDeg: 73.37 };
const moscow = { latitudeDeg: 55.75, longitudeDeg: 37.62 };
type Kind = NonNullable<MessageInitShape<typeof ConditionSchema>["kind"]>;
const condition = (kind: Kind) => create(ConditionSchema, { kind });
const evidence = (init: MessageInitShape<typeof EvidenceSchema>) => create(EvidenceSchema, init);

test("an asset far from where it should be is tied to that place by a line with its length", () => {
  const scene = evidenceScene(
    evidence({
      facts: { zonePosition: { ...moscow, deviceId: "xk:1", accuracyM: 25 } },
      agreed: { ...omsk, radiusKm: 50 },
    }),
    condition({ case: "agreedLocation", value: {} }),
    [],
  );
  expect(scene.position).toEqual({ ...moscow, label: "xk:1", accuracyM: 25 });
  expect(scene.agreed?.radiusKm).toBe(50);
  expect(scene.lines.map(({ km }) => Math.round(km / 10) * 10)).toEqual([2240]);
});

test("where the contract names no radius, that of the indicator is drawn", () => {
  const kind = { case: "agreedLocation" as const, value: { defaultRadiusKm: 30 } };
  expect(evidenceScene(evidence({ agreed: omsk }), condition(kind), []).agreed?.radiusKm).toBe(30);
});

test("devices that disagree are tied to each other, and one that agrees is not drawn twice", () => {
  const fixOf = (deviceId: string, place: typeof omsk) => ({ deviceId, lastFix: { deviceId, ...place } });
  const near = { latitudeDeg: omsk.latitudeDeg + 0.0001, longitudeDeg: omsk.longitudeDeg };
  const scene = evidenceScene(
    evidence({ facts: { devices: [fixOf("xk:1", omsk), fixOf("xk:2", moscow), fixOf("xk:3", near)] } }),
    condition({ case: "trackersDisagree", value: { distanceKm: 5, withinHours: 24 } }),
    [],
  );
  expect(scene.position?.label).toBe("xk:1");
  expect(scene.devices.map(({ label }) => label)).toEqual(["xk:2"]);
  expect(scene.lines).toHaveLength(1);
});

test("a verdict about papers has nothing to draw", () => {
  const scene = evidenceScene(evidence({ party: { name: "ООО «Ромашка»" } }), undefined, []);
  expect(isEmptyScene(scene)).toBe(true);
});

test("of a hundred permitted zones the map asks for a few; of the forbidden ones only for those the asset is in", () => {
  const zoneIds = Array.from({ length: 100 }, (_, i) => `zone-${i}`);
  const zone = (membership: Membership) => condition({ case: "zone", value: { membership, zoneIds } });
  const { facts } = evidence({ facts: { zones: [{ zoneId: "zone-77" }, { zoneId: "elsewhere" }] } });
  expect(concernedZoneIds(zone(Membership.NOT_IN), facts, 3)).toEqual(["zone-77", "zone-0", "zone-1"]);
  expect(concernedZoneIds(zone(Membership.IN), facts, 3)).toEqual(["zone-77"]);
});

test("of many zones the view takes in the one nearest to the asset", () => {
  const circle = (longitudeDeg: number): Zone =>
    create(ZoneSchema, {
      geometry: { shape: { case: "circle", value: { latitudeDeg: 55, longitudeDeg, radiusM: 1000 } } },
    });
  const zones = [circle(30), circle(70), circle(140)];
  expect(nearestZone(omsk, zones)).toBe(zones[1]);
});
