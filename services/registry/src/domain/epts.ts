/** Number of an electronic vehicle passport: 15 digits. */
export function isValidEpts(epts: string): boolean {
  return /^\d{15}$/.test(epts);
}
