// Indicators that a fresh installation begins with, as proto JSON of dozor.monitoring.v1.Definition. Users change them afterwards like any other.

type DefaultIndicator = {
  indicatorId: string;
  key: string;
  definition: {
    name: string;
    description: string;
    severity: string;
    condition: Record<string, Record<string, unknown>>;
  };
};

export const defaultIndicators: readonly DefaultIndicator[] = [
  {
    indicatorId: "0d070000-0000-4000-8000-000000000001",
    key: "outside_agreed_region",
    definition: {
      name: "Вне региона по договору",
      description: "Субъект РФ, в котором находится предмет лизинга, не совпадает с регионом эксплуатации по договору.",
      severity: "SEVERITY_MEDIUM",
      condition: { region: { membership: "MEMBERSHIP_NOT_IN", agreedRegion: true } },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000002",
    key: "in_north_caucasus",
    definition: {
      name: "В Северо-Кавказском федеральном округе",
      description: "Предмет лизинга находится в одном из субъектов СКФО.",
      severity: "SEVERITY_HIGH",
      condition: { region: { membership: "MEMBERSHIP_IN", regionCodes: ["NCFD"] } },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000003",
    key: "far_from_agreed_location",
    definition: {
      name: "Далеко от согласованного места",
      description:
        "До согласованного места эксплуатации дальше радиуса по договору; если радиус не указан, дальше 50 км.",
      severity: "SEVERITY_MEDIUM",
      condition: { agreedLocation: { defaultRadiusKm: 50 } },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000004",
    key: "no_contact",
    definition: {
      name: "Нет связи с трекером",
      description: "Ни один трекер не выходил на связь больше 3 суток.",
      severity: "SEVERITY_MEDIUM",
      condition: { noContact: { days: 3 } },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000005",
    key: "no_fix",
    definition: {
      name: "Нет местоположения",
      description: "Ни один трекер не передал достоверное местоположение больше 7 суток.",
      severity: "SEVERITY_MEDIUM",
      condition: { noFix: { days: 7 } },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000006",
    key: "tracker_missing",
    definition: {
      name: "Трекер не установлен",
      description: "Трекер предусмотрен номенклатурой, но не установлен; с передачи прошло больше 7 суток.",
      severity: "SEVERITY_MEDIUM",
      condition: { trackerMissing: { graceDays: 7 } },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000007",
    key: "trackers_disagree",
    definition: {
      name: "Трекеры расходятся",
      description:
        "Два трекера одного предмета лизинга в пределах 48 часов показывают места дальше 5 км друг от друга.",
      severity: "SEVERITY_HIGH",
      condition: { trackersDisagree: { distanceKm: 5, withinHours: 48 } },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000008",
    key: "mileage_over_plan",
    definition: {
      name: "Пробег выше планового",
      description: "Пробег с передачи больше 110 % планового за то же время; нужны показания не меньше чем за 7 суток.",
      severity: "SEVERITY_LOW",
      condition: { mileage: { percent: 110, minObservedDays: 7 } },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000009",
    key: "counterparty_dissolved_or_bankrupt",
    definition: {
      name: "Лизингополучатель ликвидирован или банкрот",
      description: "По данным Контур.Фокус лизингополучатель ликвидирован или в отношении него идёт банкротство.",
      severity: "SEVERITY_HIGH",
      condition: {
        counterpartyState: { party: "PARTY_LESSEE", states: ["PARTY_STATE_DISSOLVED", "PARTY_STATE_BANKRUPTING"] },
      },
    },
  },
  {
    indicatorId: "0d070000-0000-4000-8000-000000000010",
    key: "inn_ogrn_disagree",
    definition: {
      name: "ИНН и ОГРН не совпадают",
      description:
        "ИНН и ОГРН лизингополучателя принадлежат разным организациям, в том числе предшественнику или преемнику.",
      severity: "SEVERITY_MEDIUM",
      condition: { counterpartyIdentity: { party: "PARTY_LESSEE" } },
    },
  },
];
