import { distanceKm, type Place } from "../lib/geodesy.ts";
import { cities } from "./cities.ts";

const awayKmMax = 300;

/** The nearest of the known cities, for a map that shows no roads; undefined in the wilderness. */
export function nearestCity(place: Place, language: string): { name: string; km: number } | undefined {
  let nearest: { name: string; km: number } | undefined;
  for (const [latitudeDeg, longitudeDeg, , ru, en] of cities) {
    const km = distanceKm(place, { latitudeDeg, longitudeDeg });
    if (km <= (nearest?.km ?? awayKmMax)) nearest = { name: language === "ru" ? ru : en, km };
  }
  return nearest;
}
