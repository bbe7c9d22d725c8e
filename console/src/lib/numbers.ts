/** Whole numbers grouped as the language does; takes what the wire gives. */
export function formatCount(value: bigint | number, language: string): string {
  return new Intl.NumberFormat(language).format(value);
}

/** Kilometres or metres: whole from ten on, one decimal below. */
export function formatDistance(value: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 }).format(value);
}

/** Days since something, cut and not rounded: after 3.96 days it is not yet four. One decimal below ten. */
export function formatDays(value: number, language: string): string {
  const cut = value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value);
  return new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(cut);
}

export function formatShare(part: bigint | number, whole: bigint | number, language: string): string {
  const share = Number(whole) === 0 ? 0 : Number(part) / Number(whole);
  const maximumFractionDigits = share > 0 && share < 0.1 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits }).format(share);
}

/** A share from 0 to 1, cut and not rounded: as long as one of ten thousand is doubtful it is not yet 100 %. */
export function formatPercent(share: number, language: string): string {
  const cut = Math.floor(share * 1000 + 1e-9) / 1000;
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(cut);
}

/** Six decimals are a tenth of a metre; five are enough for what a tracker knows. */
export function formatCoordinates(latitudeDeg: number, longitudeDeg: number): string {
  return `${latitudeDeg.toFixed(5)}, ${longitudeDeg.toFixed(5)}`;
}
