import type { Direction } from "@dozor/proto/integration/v1/queue";
import { useTranslation } from "react-i18next";
import { directionKeys } from "./integration-keys.ts";

const arrows = { inbound: "↓", outbound: "↑" } as const;

/** "↓ входящее": the arrow for the eye that runs down a column, the word for everybody. */
export function DirectionWords({ direction }: { direction: Direction }) {
  const { t } = useTranslation();
  const key = directionKeys[direction];
  if (!key) return <>{t("common.dash")}</>;
  return (
    <span className="nowrap">
      <span aria-hidden="true">{arrows[key]} </span>
      {t(`integration.direction.${key}`)}
    </span>
  );
}
