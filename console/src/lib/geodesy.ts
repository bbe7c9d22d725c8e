export type Place = { latitudeDeg: number; longitudeDeg: number };

const earthRadiusKm = 6371.0088;

/** Great-circle distance in kilometres on a sphere of the Earth's mean radius (error up to 0.5 %). */
export function distanceKm(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const halfLat = ((b.latitudeDeg - a.latitudeDeg) * rad) / 2;
  const halfLon = ((b.longitudeDeg - a.longitudeDeg) * rad) / 2;
  const h =
    Math.sin(halfLat) ** 2 + Math.cos(a.latitudeDeg * rad) * Math.cos(b.latitudeDeg * rad) * Math.sin(halfLon) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Longitude in the range that the base map is drawn in: Chukotka continues east of 180 instead of starting at -180. */
export function mapLongitude(longitudeDeg: number): number {
  return longitudeDeg < -168 ? longitudeDeg + 360 : longitudeDeg;
}
