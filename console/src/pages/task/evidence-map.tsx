import type { Zone } from "@dozor/proto/tracking/v1/zone";
import L from "leaflet";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { mapLongitude, type Place } from "../../lib/geodesy.ts";
import { formatDistance } from "../../lib/numbers.ts";
import { colour, MapView } from "../../parts/map-view.tsx";
import { type EvidenceScene, nearestZone, type SceneLine, type ScenePoint } from "./evidence-scene.ts";
import classes from "./task-page.module.css";

// A point alone is shown with some land around it, so that a city or a coast says where it is.
const surroundingsM = 20_000;

/** The scene drawn: zones below, then the agreed place, lines, devices, and the position on top. */
export function EvidenceMap({ scene }: { scene: EvidenceScene }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const draw = useCallback(
    (layer: L.FeatureGroup, element: HTMLElement) => {
      const paint = {
        high: colour(element, "--high"),
        agreed: colour(element, "--good"),
        zone: colour(element, "--accent"),
      };
      const seen: L.LatLngExpression[] = [];
      const see = (bounds: L.LatLngBounds) => seen.push(bounds.getSouthWest(), bounds.getNorthEast());
      const nearest = scene.position ? nearestZone(scene.position, scene.zones) : scene.zones[0];
      for (const zone of scene.zones) {
        const shape = zoneLayer(zone, paint.zone)?.addTo(layer);
        if (!shape) continue;
        shape.bindTooltip(textNode(zone.name), { permanent: zone === nearest, direction: "top", offset: [0, -10] });
        if (zone !== nearest) continue;
        see(shape.getBounds());
      }
      if (scene.agreed) {
        const above = (scene.position?.latitudeDeg ?? 90) < scene.agreed.latitudeDeg;
        const label = { text: t("task.evidence.legend.agreed"), above };
        see(drawAgreed(layer, scene.agreed, paint.agreed, label));
      }
      for (const line of scene.lines) {
        drawLine(layer, line, paint.high, t("task.evidence.km", { value: formatDistance(line.km, language) }));
      }
      for (const device of scene.devices) {
        const side = device.longitudeDeg < (scene.position?.longitudeDeg ?? 0) ? "left" : "right";
        drawPoint(layer, device, { color: paint.high, fill: colour(element, "--surface"), side });
        seen.push(at(device));
      }
      if (scene.position) {
        const { accuracyM = 0, longitudeDeg } = scene.position;
        const around = L.circle(at(scene.position), {
          radius: accuracyM,
          color: paint.high,
          weight: 1,
          fillOpacity: 0.12,
        });
        around.addTo(layer);
        const side = scene.devices.some((device) => device.longitudeDeg > longitudeDeg) ? "left" : "right";
        drawPoint(layer, scene.position, { color: colour(element, "--surface"), fill: paint.high, side });
        see(around.getLatLng().toBounds(Math.max(2 * accuracyM, surroundingsM)));
      }
      return seen.length > 0 ? L.latLngBounds(seen) : undefined;
    },
    [scene, t, language],
  );
  return (
    <>
      <MapView draw={draw} />
      <figcaption className={classes.legend}>
        {scene.position && <span data-legend="position">{t("task.evidence.legend.position")}</span>}
        {scene.devices.length > 0 && <span data-legend="device">{t("task.evidence.legend.device")}</span>}
        {scene.agreed && <span data-legend="agreed">{t("task.evidence.legend.agreed")}</span>}
        {scene.zones.length > 0 && <span data-legend="zone">{t("task.evidence.legend.zone")}</span>}
      </figcaption>
    </>
  );
}

function at({ latitudeDeg, longitudeDeg }: Place): L.LatLngTuple {
  return [latitudeDeg, mapLongitude(longitudeDeg)];
}

/** Names come from people and providers: as text, never as markup. */
function textNode(text: string): HTMLElement {
  const element = document.createElement("span");
  element.textContent = text;
  return element;
}

type PointStyle = { color: string; fill: string; side: "left" | "right" };

function drawPoint(layer: L.FeatureGroup, point: ScenePoint, { color, fill, side }: PointStyle): void {
  L.circleMarker(at(point), { radius: 7, color, weight: 3, fillColor: fill, fillOpacity: 1 })
    .bindTooltip(textNode(point.label), { permanent: true, direction: side, offset: [side === "left" ? -8 : 8, 0] })
    .addTo(layer);
}

function drawAgreed(
  layer: L.FeatureGroup,
  agreed: NonNullable<EvidenceScene["agreed"]>,
  color: string,
  label: { text: string; above: boolean },
): L.LatLngBounds {
  L.circleMarker(at(agreed), { radius: 5, color, weight: 3, fillOpacity: 0.3 })
    .bindTooltip(textNode(label.text), {
      permanent: true,
      direction: label.above ? "top" : "bottom",
      offset: [0, label.above ? -8 : 8],
    })
    .addTo(layer);
  const radius = (agreed.radiusKm ?? 0) * 1000;
  const circle = L.circle(at(agreed), { radius, color, weight: 1.5, dashArray: "6 5", fillOpacity: 0.08 }).addTo(layer);
  return circle.getBounds();
}

function drawLine(layer: L.FeatureGroup, { from, to }: SceneLine, color: string, label: string): void {
  L.polyline([at(from), at(to)], { color, weight: 2, dashArray: "3 6" })
    .bindTooltip(textNode(label), { permanent: true, direction: "top", offset: [0, -6] })
    .addTo(layer);
}

function zoneLayer({ geometry }: Zone, color: string): L.Circle | L.GeoJSON | undefined {
  const style = { color, weight: 1.5, fillOpacity: 0.1 };
  const shape = geometry?.shape;
  if (shape?.case === "circle") return L.circle(at(shape.value), { radius: shape.value.radiusM, ...style });
  if (shape?.case !== "geojson") return undefined;
  return L.geoJSON(JSON.parse(shape.value), {
    style,
    coordsToLatLng: ([longitude, latitude]) => L.latLng(latitude, mapLongitude(longitude)),
  });
}
