import { useMantineColorScheme } from "@mantine/core";
import L from "leaflet";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import land from "../../assets/land.geojson";
import { cities } from "./cities.ts";
import classes from "./map-view.module.css";

export type Draw = (map: L.Map) => L.LatLngBounds | undefined;

const zoom = { min: 2, max: 16, fit: 11 };
const country: L.LatLngBoundsLiteral = [
  [42, 20],
  [76, 188],
];
// From here on the whole country does not fit.
const overviewZoomMin = 5;
// At each zoom the cities that have room for their names.
const cityRankMax = [0, 0, 0, 1, 1, 2, 3, 3];

/**
 * A map that needs no network: land, coast, a grid of degrees and cities for orientation, no borders. `draw` puts the
 * content on it and answers what should be seen; it is called anew when it changes.
 */
export function MapView({ draw }: { draw: Draw }) {
  const { i18n } = useTranslation();
  const { colorScheme } = useMantineColorScheme();
  const frame = useRef<HTMLDivElement>(null);
  const { language } = i18n;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page, so that another scheme means another map.
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const map = L.map(element, {
      minZoom: zoom.min,
      maxZoom: zoom.max,
      preferCanvas: true,
      attributionControl: false,
      zoomAnimation: false,
      fadeAnimation: false,
      maxBounds: [
        [25, 0],
        [86, 200],
      ],
    });
    const abort = new AbortController();
    L.control.scale({ imperial: false }).addTo(map);
    const seen = draw(map);
    map.fitBounds(
      seen?.pad(0.25) ?? [
        [43, 28],
        [68, 140],
      ],
      { maxZoom: zoom.fit },
    );
    drawGrid(map, colour(element, "--coast"));
    drawCities(map, language);
    void drawLand(map, element, abort.signal);
    const overview = drawOverview(map, element, abort.signal);
    return () => {
      abort.abort();
      overview.remove();
      map.remove();
    };
  }, [draw, language, colorScheme]);
  return <div ref={frame} className={classes.map} />;
}

export function colour(element: Element, variable: string): string {
  return getComputedStyle(element).getPropertyValue(variable).trim();
}

async function drawLand(map: L.Map, element: HTMLElement, signal: AbortSignal): Promise<void> {
  try {
    const answer = await fetch(land, { signal });
    const geometry = await answer.json();
    if (signal.aborted) return;
    // Behind everything, however late it comes.
    map.createPane("land").style.zIndex = "150";
    L.geoJSON(geometry, {
      pane: "land",
      interactive: false,
      style: { color: colour(element, "--coast"), weight: 1, fillColor: colour(element, "--land"), fillOpacity: 1 },
    }).addTo(map);
  } catch {
    // The content stands on the grid without it.
  }
}

/** Where in the country the map is, in a corner of it: near by there is nothing on it to tell. */
function drawOverview(map: L.Map, element: HTMLElement, signal: AbortSignal): L.Map {
  const corner = element.appendChild(document.createElement("div"));
  corner.className = classes.overview ?? "";
  corner.ariaHidden = "true";
  const overview = L.map(corner, {
    attributionControl: false,
    zoomControl: false,
    dragging: false,
    scrollWheelZoom: false,
    doubleClickZoom: false,
    boxZoom: false,
    keyboard: false,
    touchZoom: false,
    zoomSnap: 0,
    zoomAnimation: false,
    fadeAnimation: false,
  });
  overview.fitBounds(country);
  void drawLand(overview, element, signal);
  const color = colour(element, "--high");
  const here = L.circleMarker(map.getCenter(), { radius: 4, color, weight: 1, fillOpacity: 1, interactive: false });
  here.addTo(overview);
  const follow = () => {
    here.setLatLng(map.getCenter());
    corner.hidden = map.getZoom() < overviewZoomMin;
  };
  map.on("moveend", follow);
  follow();
  return overview;
}

function drawGrid(map: L.Map, color: string): void {
  map.createPane("grid").style.zIndex = "160";
  const style: L.PolylineOptions = { pane: "grid", color, weight: 0.5, opacity: 0.7, interactive: false };
  const lines = L.layerGroup().addTo(map);
  const redraw = () => {
    lines.clearLayers();
    const bounds = map.getBounds();
    const step = stepFor(bounds.getEast() - bounds.getWest());
    const from = (value: number) => Math.floor(value / step) * step;
    for (let lon = from(bounds.getWest()); lon <= bounds.getEast(); lon += step) {
      L.polyline(
        [
          [bounds.getSouth(), lon],
          [bounds.getNorth(), lon],
        ],
        style,
      ).addTo(lines);
    }
    for (let lat = from(bounds.getSouth()); lat <= bounds.getNorth(); lat += step) {
      L.polyline(
        [
          [lat, bounds.getWest()],
          [lat, bounds.getEast()],
        ],
        style,
      ).addTo(lines);
    }
  };
  map.on("moveend", redraw);
  redraw();
}

/** Degrees between the lines: some six of them over the width. */
function stepFor(widthDeg: number): number {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20];
  return steps.find((step) => widthDeg / step <= 8) ?? 20;
}

function drawCities(map: L.Map, language: string): void {
  map.createPane("cities").style.zIndex = "340";
  const labels = L.layerGroup().addTo(map);
  const redraw = () => {
    labels.clearLayers();
    const rankMax = cityRankMax[Math.floor(map.getZoom())] ?? 3;
    const bounds = map.getBounds();
    for (const [lat, lon, rank, ru, en] of cities) {
      if (rank > rankMax || !bounds.contains([lat, lon])) continue;
      const text = document.createElement("span");
      text.textContent = language === "ru" ? ru : en;
      const icon = L.divIcon({ className: classes.city ?? "", html: text, iconSize: [0, 0] });
      L.marker([lat, lon], { icon, pane: "cities", interactive: false, keyboard: false }).addTo(labels);
    }
  };
  map.on("moveend", redraw);
  redraw();
}
