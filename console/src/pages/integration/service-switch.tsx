import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ServiceName } from "../../app/transport.ts";

type Props<S extends ServiceName> = { services: readonly S[]; value: S; onChange: (service: S) => void };

/** Whose journal or letters are looked at. */
export function ServiceSwitch<S extends ServiceName>({ services, value, onChange }: Props<S>) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("integration.service.label")}
      value={value}
      data={services.map((each) => ({ value: each, label: t(`integration.service.${each as ServiceName}`) }))}
      onChange={(chosen) => {
        const service = services.find((each) => each === chosen);
        if (service) onChange(service);
      }}
    />
  );
}
