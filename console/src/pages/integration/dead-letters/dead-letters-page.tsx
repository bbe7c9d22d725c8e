import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { letterServices } from "../integration-services.ts";
import { ServiceFrame } from "../service-frame.tsx";
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
    <ServiceFrame
      tab="deadLetters"
      services={letterServices}
      service={service}
      about={t("integration.letters.about")}
      onService={(chosen) => change({ ...(chosen === "registry" ? {} : { service: chosen }), ...(state && { state }) })}
    >
      <DeadLetterBoard search={search} service={service} onChange={change} />
    </ServiceFrame>
  );
}
