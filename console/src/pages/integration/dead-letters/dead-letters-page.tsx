import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { IntegrationFrame } from "../integration-frame.tsx";
import { letterServices } from "../integration-services.ts";
import { OfService } from "../of-service.tsx";
import { ServiceSwitch } from "../service-switch.tsx";
import { DeadLetterBoard } from "./dead-letter-board.tsx";
import type { DeadLettersSearch } from "./dead-letters-search.ts";

/** Messages between our own services that one of them could not process. */
export function DeadLettersPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/integration/dead-letters" });
  const navigate = useNavigate({ from: "/integration/dead-letters" });
  const { service = "registry", state } = search;
  const change = (next: DeadLettersSearch) => void navigate({ search: next, replace: true });
  return (
    <IntegrationFrame
      tab="deadLetters"
      aside={
        <>
          <ServiceSwitch
            services={letterServices}
            value={service}
            onChange={(chosen) =>
              change({ ...(chosen === "registry" ? {} : { service: chosen }), ...(state && { state }) })
            }
          />
          <span className="muted">{t("integration.letters.about")}</span>
        </>
      }
    >
      <OfService service={service}>
        <DeadLetterBoard search={search} service={service} onChange={change} />
      </OfService>
    </IntegrationFrame>
  );
}
