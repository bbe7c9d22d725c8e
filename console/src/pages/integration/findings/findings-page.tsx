import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { journalServices } from "../integration-services.ts";
import { ServiceFrame } from "../service-frame.tsx";
import { FindingsBoard } from "./findings-board.tsx";
import type { FindingsSearch } from "./findings-search.ts";

/** What is doubtful about the data of outside systems, by the service that judges them. */
export function FindingsPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/integration/findings" });
  const navigate = useNavigate({ from: "/integration/findings" });
  const { service = "registry", state, owner } = search;
  const change = (next: FindingsSearch) => void navigate({ search: next, replace: true });
  return (
    <ServiceFrame
      tab="findings"
      services={journalServices}
      service={service}
      about={t(`findings.about.${service}`)}
      // Rules and sources of one mean nothing to the other.
      onService={(chosen) =>
        change({
          ...(chosen === "registry" ? {} : { service: chosen }),
          ...(state && { state }),
          ...(owner && { owner }),
        })
      }
    >
      <FindingsBoard search={search} service={service} onChange={change} />
    </ServiceFrame>
  );
}
