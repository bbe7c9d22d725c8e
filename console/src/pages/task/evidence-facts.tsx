import type { Condition } from "@dozor/proto/monitoring/v1/condition";
import type { AgreedTerms, Evidence } from "@dozor/proto/monitoring/v1/verdict";
import type { DeviceFact, Fix } from "@dozor/proto/tracking/v1/facts";
import { Anchor, CopyButton, UnstyledButton } from "@mantine/core";
import { formatDay } from "../../lib/company-time.ts";
import { fixSourceKeys } from "../../lib/enum-keys.ts";
import { formatCoordinates, formatCount, formatDistance } from "../../lib/numbers.ts";
import { listWords } from "../../lib/words/list-words.ts";
import { shortPartyName } from "../../lib/words/party-name.ts";
import { placeWords } from "../../lib/words/place-words.ts";
import { positionOf } from "../../lib/words/violation-words.ts";
import { timeWords, type WordsContext } from "../../lib/words/words-context.ts";
import type { Fact } from "../../parts/fact-list.tsx";
import { nearestCity } from "../../parts/nearest-city.ts";
import type { EvidenceScene } from "./evidence-scene.ts";

/** Everything that the verdict rests on, in words, position first. */
export function evidenceFacts(
  evidence: Evidence,
  condition: Condition | undefined,
  scene: EvidenceScene,
  words: WordsContext,
): Fact[] {
  const fix = positionOf(evidence.facts);
  return [
    ...(fix ? positionFacts(fix, words) : []),
    ...distanceFacts(scene, words),
    ...(evidence.facts?.devices ?? []).map((device) => deviceFact(device, words)),
    ...zoneFacts(evidence, words),
    ...agreedFacts(evidence, condition, words),
    ...mileageFacts(evidence, words),
    ...partyFacts(evidence, words),
  ];
}

function positionFacts(fix: Fix, words: WordsContext): Fact[] {
  const { t, language, regionName } = words;
  const source = fixSourceKeys[fix.source];
  const accuracy = fix.accuracyM === undefined ? undefined : formatDistance(fix.accuracyM, language);
  return [
    { label: t("task.evidence.positionAt"), value: fix.at && timeWords(fix.at, words) },
    { label: t("task.evidence.coordinates"), value: <Coordinates fix={fix} words={words} /> },
    { label: t("task.evidence.nearestCity"), value: cityWords(fix, words) },
    { label: t("task.evidence.region"), value: fix.regionCode && regionName(fix.regionCode) },
    { label: t("task.evidence.accuracy"), value: accuracy && t("task.evidence.meters", { value: accuracy }) },
    { label: t("task.evidence.source"), value: source && t(`common.fixSource.${source}`) },
  ];
}

function cityWords(fix: Fix, { t, language }: WordsContext): string | undefined {
  const city = nearestCity(fix, language);
  return city && t("task.evidence.cityAway", { city: city.name, distance: formatDistance(city.km, language) });
}

function Coordinates({ fix, words: { t } }: { fix: Fix; words: WordsContext }) {
  const text = formatCoordinates(fix.latitudeDeg, fix.longitudeDeg);
  // Opened only by the person's own click, outside of this origin.
  const external = `https://yandex.ru/maps/?pt=${fix.longitudeDeg},${fix.latitudeDeg}&z=13`;
  return (
    <>
      <span className="mono">{text}</span>
      <br />
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <UnstyledButton onClick={copy} fz="xs" c="var(--accent)" td="underline">
            {copied ? t("common.copied") : t("task.evidence.copyCoordinates")}
          </UnstyledButton>
        )}
      </CopyButton>
      {" · "}
      <Anchor href={external} target="_blank" rel="noreferrer noopener" fz="xs" underline="always">
        {t("task.evidence.openExternal")}
      </Anchor>
    </>
  );
}

function distanceFacts({ lines, agreed }: EvidenceScene, { t, language }: WordsContext): Fact[] {
  return lines.slice(0, 3).map(({ km, to }) => ({
    label: to === agreed ? t("task.evidence.distance") : t("task.evidence.between"),
    value: t("task.evidence.km", { value: formatDistance(km, language) }),
  }));
}

function deviceFact(device: DeviceFact, words: WordsContext): Fact {
  const { t } = words;
  const contact = device.lastContactAt ? timeWords(device.lastContactAt, words) : t("task.evidence.never");
  const fix = device.lastFix?.at ? timeWords(device.lastFix.at, words) : t("task.evidence.never");
  return {
    label: t("task.evidence.device"),
    value: (
      <>
        <div>
          <span className="mono">{device.deviceId}</span>
          {device.series && ` · ${device.series}`}
        </div>
        <div>
          <span className="muted">{t("task.evidence.lastContact")}:</span> {contact}
        </div>
        <div>
          <span className="muted">{t("task.evidence.lastFix")}:</span> {fix}
          {device.lastFix && (
            <span className="mono"> {formatCoordinates(device.lastFix.latitudeDeg, device.lastFix.longitudeDeg)}</span>
          )}
        </div>
        {device.installedAt && (
          <div>
            <span className="muted">{t("task.evidence.installedAt")}:</span> {timeWords(device.installedAt, words)}
          </div>
        )}
      </>
    ),
  };
}

function zoneFacts({ facts, zoneNames }: Evidence, words: WordsContext): Fact[] {
  const { t } = words;
  if (zoneNames.length === 0) return [];
  const inside = facts?.zones ?? [];
  if (inside.length === 0) {
    return [
      { label: t("task.evidence.zones"), value: `${listWords(zoneNames, words)}: ${t("task.evidence.zoneOut")}` },
    ];
  }
  const value = inside.map(({ zoneId, since }, i) => (
    <div key={zoneId}>
      {zoneNames[i]}: {since && t("task.evidence.zoneIn", { at: timeWords(since, words) })}
    </div>
  ));
  return [{ label: t("task.evidence.zones"), value }];
}

/** Of the contract's terms those that the condition compares with. */
function agreedFacts({ agreed }: Evidence, condition: Condition | undefined, words: WordsContext): Fact[] {
  const { t, language } = words;
  if (!agreed) return [];
  const km = (value: number) => t("task.evidence.km", { value: formatDistance(value, language) });
  const plan = agreed.plannedMileageKmPerYear ?? 0;
  const handover = { label: t("task.evidence.handover"), value: formatDay(agreed.handoverDate) };
  switch (condition?.kind.case) {
    case "trackerMissing":
      return [
        handover,
        {
          label: t("task.evidence.trackerExpected"),
          value: t(agreed.trackerExpected ? "task.evidence.yes" : "task.evidence.no"),
        },
      ];
    case "mileage":
      return [
        handover,
        {
          label: t("task.evidence.plan"),
          value: t("task.evidence.kmPerYear", { value: formatCount(Math.round(plan), language) }),
        },
      ];
    default:
      return [
        { label: t("task.evidence.agreed"), value: <AgreedPlace agreed={agreed} words={words} /> },
        { label: t("task.evidence.radius"), value: agreed.radiusKm !== undefined && km(agreed.radiusKm) },
      ];
  }
}

function AgreedPlace({ agreed, words }: { agreed: AgreedTerms; words: WordsContext }) {
  const { latitudeDeg, longitudeDeg } = agreed;
  return (
    <>
      {placeWords(agreed.regionCode, agreed.address, words)}
      {latitudeDeg !== undefined && longitudeDeg !== undefined && (
        <div className="mono">{formatCoordinates(latitudeDeg, longitudeDeg)}</div>
      )}
    </>
  );
}

function mileageFacts({ facts, limit }: Evidence, words: WordsContext): Fact[] {
  const { t, language } = words;
  const mileage = facts?.mileage;
  if (!mileage) return [];
  const km = (value: number) => t("task.evidence.km", { value: formatCount(Math.round(value), language) });
  const period = [mileage.firstAt, mileage.lastAt].map((at) => (at ? timeWords(at, words) : "")).join(" – ");
  return [
    { label: t("task.evidence.mileage"), value: `${km(mileage.distanceKm)}, ${period}` },
    { label: t("task.evidence.limit"), value: limit !== undefined && km(limit) },
  ];
}

function partyFacts({ party }: Evidence, words: WordsContext): Fact[] {
  const { t } = words;
  if (!party) return [];
  return [
    { label: t("task.evidence.party"), value: shortPartyName(party.name) },
    { label: t("task.evidence.inn"), value: party.inn, mono: true },
    { label: t("task.evidence.ogrn"), value: party.ogrn, mono: true },
    { label: t("task.evidence.focusInn"), value: party.focusInn, mono: true },
    { label: t("task.evidence.focusOgrn"), value: party.focusOgrn, mono: true },
    { label: t("task.evidence.focusStatus"), value: party.focusStatusText },
    { label: t("task.evidence.checkedAt"), value: party.checkedAt && timeWords(party.checkedAt, words) },
  ];
}
