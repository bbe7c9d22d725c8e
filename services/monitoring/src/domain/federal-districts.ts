// Federal districts and their subjects by ISO 3166-2. A constant of the rules, so that a verdict does not change with somebody's map.

export const federalDistricts: Readonly<Record<string, readonly string[]>> = {
  CFD: [
    "RU-BEL",
    "RU-BRY",
    "RU-IVA",
    "RU-KLU",
    "RU-KOS",
    "RU-KRS",
    "RU-LIP",
    "RU-MOS",
    "RU-MOW",
    "RU-ORL",
    "RU-RYA",
    "RU-SMO",
    "RU-TAM",
    "RU-TUL",
    "RU-TVE",
    "RU-VLA",
    "RU-VOR",
    "RU-YAR",
  ],
  NWFD: ["RU-ARK", "RU-KGD", "RU-KO", "RU-KR", "RU-LEN", "RU-MUR", "RU-NEN", "RU-NGR", "RU-PSK", "RU-SPE", "RU-VLG"],
  SFD: ["RU-AD", "RU-AST", "RU-KDA", "RU-KL", "RU-ROS", "RU-VGG", "RU-CR", "RU-SEV"],
  NCFD: ["RU-CE", "RU-DA", "RU-IN", "RU-KB", "RU-KC", "RU-SE", "RU-STA"],
  VFD: [
    "RU-BA",
    "RU-CU",
    "RU-KIR",
    "RU-ME",
    "RU-MO",
    "RU-NIZ",
    "RU-ORE",
    "RU-PER",
    "RU-PNZ",
    "RU-SAM",
    "RU-SAR",
    "RU-TA",
    "RU-UD",
    "RU-ULY",
  ],
  UFD: ["RU-CHE", "RU-KGN", "RU-KHM", "RU-SVE", "RU-TYU", "RU-YAN"],
  SIBFD: ["RU-AL", "RU-ALT", "RU-IRK", "RU-KEM", "RU-KK", "RU-KYA", "RU-NVS", "RU-OMS", "RU-TOM", "RU-TY"],
  FEFD: ["RU-AMU", "RU-BU", "RU-CHU", "RU-KAM", "RU-KHA", "RU-MAG", "RU-PRI", "RU-SA", "RU-SAK", "RU-YEV", "RU-ZAB"],
};

/** Subjects named by a list of codes, in which a district stands for all of its subjects. */
export function subjectsOf(codes: readonly string[]): ReadonlySet<string> {
  return new Set(codes.flatMap((code) => federalDistricts[code] ?? [code]));
}
