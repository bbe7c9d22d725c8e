import { useMantineColorScheme } from "@mantine/core";
import L from "leaflet";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import land from "../../assets/land.geojson";
import { cities } from "./cities.ts";
import classes from "./map-view.module.css";

/** Puts the content on the layer and answers what should be seen. */
export type Draw = (layer: L.FeatureGroup, element: HTMLElement) => L.LatLngBounds | undefined;

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
 * A map that needs no network: land, coast, a grid of degrees and cities for orientation, no borders. The content is drawn
 * anew, on the same map, whenever `draw` changes.
 */
export function MapView({ draw }: { draw: Draw }) {
  const { i18n } = useTranslation();
  const { colorScheme } = useMantineColorScheme();
  const frame = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<L.Map>();
  const { language } = i18n;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page, so that another scheme means another map.
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const abort = new AbortController();
    const made = baseMap(element, language, abort.signal);
    const overview = drawOverview(made, element, abort.signal);
    setMap(made);
    return () => {
      abort.abort();
      overview.remove();
      made.remove();
      element.replaceChildren();
      setMap(undefined);
    };
  }, [language, colorScheme]);
  useEffect(() => {
    if (!map) return;
    const layer = L.featureGroup().addTo(map);
    const seen = draw(layer, map.getContainer());
    if (seen) map.fitBounds(seen.pad(0.25), { maxZoom: zoom.fit, animate: false });
    return () => void layer.remove();
  }, [map, draw]);
  return <div ref={frame} className={classes.map} />;
}

function baseMap(element: HTMLElement, language: string, signal: AbortSignal): L.Map {
  const map = L.map(element, {
    minZoom: zoom.min,
    maxZoom: zoom.max,
    attributionControl: false,
    zoomAnimation: false,
    fadeAnimation: false,
    maxBounds: [
      [25, 0],
      [86, 200],
    ],
  });
  // A view first: without one, shapes do not know their bounds.
  map.fitBounds(country, { animate: false });
  L.control.scale({ imperial: false }).addTo(map);
  drawGrid(map, colour(element, "--coast"));
  drawCities(map, language);
  void drawLand(map, element, signal);
  return map;
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
