/** A federal subject by its ISO 3166-2 code. */
export type Subject = { code: string; nameRu: string; nameEn: string };

/** A federal district, which is nothing but a list of subjects. */
export type District = { code: string; nameRu: string; nameEn: string; subjectCodes: readonly string[] };

const table: readonly (readonly [code: string, nameRu: string, nameEn: string, district: string])[] = [
  ["RU-AD", "Республика Адыгея", "Republic of Adygea", "SFD"],
  ["RU-AL", "Республика Алтай", "Altai Republic", "SIFD"],
  ["RU-ALT", "Алтайский край", "Altai Krai", "SIFD"],
  ["RU-AMU", "Амурская область", "Amur Oblast", "FEFD"],
  ["RU-ARK", "Архангельская область", "Arkhangelsk Oblast", "NWFD"],
  ["RU-AST", "Астраханская область", "Astrakhan Oblast", "SFD"],
  ["RU-BA", "Республика Башкортостан", "Republic of Bashkortostan", "VFD"],
  ["RU-BEL", "Белгородская область", "Belgorod Oblast", "CFD"],
  ["RU-BRY", "Брянская область", "Bryansk Oblast", "CFD"],
  ["RU-BU", "Республика Бурятия", "Republic of Buryatia", "FEFD"],
  ["RU-CE", "Чеченская Республика", "Chechen Republic", "NCFD"],
  ["RU-CHE", "Челябинская область", "Chelyabinsk Oblast", "UFD"],
  ["RU-CHU", "Чукотский автономный округ", "Chukotka Autonomous Okrug", "FEFD"],
  ["RU-CU", "Чувашская Республика", "Chuvash Republic", "VFD"],
  ["RU-DA", "Республика Дагестан", "Republic of Dagestan", "NCFD"],
  ["RU-IN", "Республика Ингушетия", "Republic of Ingushetia", "NCFD"],
  ["RU-IRK", "Иркутская область", "Irkutsk Oblast", "SIFD"],
  ["RU-IVA", "Ивановская область", "Ivanovo Oblast", "CFD"],
  ["RU-KAM", "Камчатский край", "Kamchatka Krai", "FEFD"],
  ["RU-KB", "Кабардино-Балкарская Республика", "Kabardino-Balkarian Republic", "NCFD"],
  ["RU-KC", "Карачаево-Черкесская Республика", "Karachay-Cherkess Republic", "NCFD"],
  ["RU-KDA", "Краснодарский край", "Krasnodar Krai", "SFD"],
  ["RU-KEM", "Кемеровская область — Кузбасс", "Kemerovo Oblast", "SIFD"],
  ["RU-KGD", "Калининградская область", "Kaliningrad Oblast", "NWFD"],
  ["RU-KGN", "Курганская область", "Kurgan Oblast", "UFD"],
  ["RU-KHA", "Хабаровский край", "Khabarovsk Krai", "FEFD"],
  ["RU-KHM", "Ханты-Мансийский автономный округ — Югра", "Khanty-Mansi Autonomous Okrug", "UFD"],
  ["RU-KIR", "Кировская область", "Kirov Oblast", "VFD"],
  ["RU-KK", "Республика Хакасия", "Republic of Khakassia", "SIFD"],
  ["RU-KL", "Республика Калмыкия", "Republic of Kalmykia", "SFD"],
  ["RU-KLU", "Калужская область", "Kaluga Oblast", "CFD"],
  ["RU-KO", "Республика Коми", "Komi Republic", "NWFD"],
  ["RU-KOS", "Костромская область", "Kostroma Oblast", "CFD"],
  ["RU-KR", "Республика Карелия", "Republic of Karelia", "NWFD"],
  ["RU-KRS", "Курская область", "Kursk Oblast", "CFD"],
  ["RU-KYA", "Красноярский край", "Krasnoyarsk Krai", "SIFD"],
  ["RU-LEN", "Ленинградская область", "Leningrad Oblast", "NWFD"],
  ["RU-LIP", "Липецкая область", "Lipetsk Oblast", "CFD"],
  ["RU-MAG", "Магаданская область", "Magadan Oblast", "FEFD"],
  ["RU-ME", "Республика Марий Эл", "Mari El Republic", "VFD"],
  ["RU-MO", "Республика Мордовия", "Republic of Mordovia", "VFD"],
  ["RU-MOS", "Московская область", "Moscow Oblast", "CFD"],
  ["RU-MOW", "Москва", "Moscow", "CFD"],
  ["RU-MUR", "Мурманская область", "Murmansk Oblast", "NWFD"],
  ["RU-NEN", "Ненецкий автономный округ", "Nenets Autonomous Okrug", "NWFD"],
  ["RU-NGR", "Новгородская область", "Novgorod Oblast", "NWFD"],
  ["RU-NIZ", "Нижегородская область", "Nizhny Novgorod Oblast", "VFD"],
  ["RU-NVS", "Новосибирская область", "Novosibirsk Oblast", "SIFD"],
  ["RU-OMS", "Омская область", "Omsk Oblast", "SIFD"],
  ["RU-ORE", "Оренбургская область", "Orenburg Oblast", "VFD"],
  ["RU-ORL", "Орловская область", "Oryol Oblast", "CFD"],
  ["RU-PER", "Пермский край", "Perm Krai", "VFD"],
  ["RU-PNZ", "Пензенская область", "Penza Oblast", "VFD"],
  ["RU-PRI", "Приморский край", "Primorsky Krai", "FEFD"],
  ["RU-PSK", "Псковская область", "Pskov Oblast", "NWFD"],
  ["RU-ROS", "Ростовская область", "Rostov Oblast", "SFD"],
  ["RU-RYA", "Рязанская область", "Ryazan Oblast", "CFD"],
  ["RU-SA", "Республика Саха (Якутия)", "Sakha Republic", "FEFD"],
  ["RU-SAK", "Сахалинская область", "Sakhalin Oblast", "FEFD"],
  ["RU-SAM", "Самарская область", "Samara Oblast", "VFD"],
  ["RU-SAR", "Саратовская область", "Saratov Oblast", "VFD"],
  ["RU-SE", "Республика Северная Осетия — Алания", "Republic of North Ossetia-Alania", "NCFD"],
  ["RU-SMO", "Смоленская область", "Smolensk Oblast", "CFD"],
  ["RU-SPE", "Санкт-Петербург", "Saint Petersburg", "NWFD"],
  ["RU-STA", "Ставропольский край", "Stavropol Krai", "NCFD"],
  ["RU-SVE", "Свердловская область", "Sverdlovsk Oblast", "UFD"],
  ["RU-TA", "Республика Татарстан", "Republic of Tatarstan", "VFD"],
  ["RU-TAM", "Тамбовская область", "Tambov Oblast", "CFD"],
  ["RU-TOM", "Томская область", "Tomsk Oblast", "SIFD"],
  ["RU-TUL", "Тульская область", "Tula Oblast", "CFD"],
  ["RU-TVE", "Тверская область", "Tver Oblast", "CFD"],
  ["RU-TY", "Республика Тыва", "Tuva Republic", "SIFD"],
  ["RU-TYU", "Тюменская область", "Tyumen Oblast", "UFD"],
  ["RU-UD", "Удмуртская Республика", "Udmurt Republic", "VFD"],
  ["RU-ULY", "Ульяновская область", "Ulyanovsk Oblast", "VFD"],
  ["RU-VGG", "Волгоградская область", "Volgograd Oblast", "SFD"],
  ["RU-VLA", "Владимирская область", "Vladimir Oblast", "CFD"],
  ["RU-VLG", "Вологодская область", "Vologda Oblast", "NWFD"],
  ["RU-VOR", "Воронежская область", "Voronezh Oblast", "CFD"],
  ["RU-YAN", "Ямало-Ненецкий автономный округ", "Yamalo-Nenets Autonomous Okrug", "UFD"],
  ["RU-YAR", "Ярославская область", "Yaroslavl Oblast", "CFD"],
  ["RU-YEV", "Еврейская автономная область", "Jewish Autonomous Oblast", "FEFD"],
  ["RU-ZAB", "Забайкальский край", "Zabaykalsky Krai", "FEFD"],
  // ISO 3166-2 lists these two under UA; the polygons of Natural Earth come with the rest. They are in no district here.
  ["UA-40", "Севастополь", "Sevastopol", ""],
  ["UA-43", "Крым", "Crimea", ""],
];

export const subjects: readonly Subject[] = table.map(([code, nameRu, nameEn]) => ({ code, nameRu, nameEn }));

export const districts: readonly District[] = [
  district("CFD", "Центральный федеральный округ", "Central Federal District"),
  district("FEFD", "Дальневосточный федеральный округ", "Far Eastern Federal District"),
  district("NCFD", "Северо-Кавказский федеральный округ", "North Caucasian Federal District"),
  district("NWFD", "Северо-Западный федеральный округ", "Northwestern Federal District"),
  district("SFD", "Южный федеральный округ", "Southern Federal District"),
  district("SIFD", "Сибирский федеральный округ", "Siberian Federal District"),
  district("UFD", "Уральский федеральный округ", "Ural Federal District"),
  district("VFD", "Приволжский федеральный округ", "Volga Federal District"),
];

/** The subjects meant by the code of a subject or of a district; empty for an unknown code. */
export function subjectCodesOf(regionCode: string): readonly string[] {
  const found = districts.find((each) => each.code === regionCode);
  if (found !== undefined) return found.subjectCodes;
  return subjects.some((each) => each.code === regionCode) ? [regionCode] : [];
}

function district(code: string, nameRu: string, nameEn: string): District {
  return { code, nameRu, nameEn, subjectCodes: table.filter((row) => row[3] === code).map((row) => row[0]) };
}
