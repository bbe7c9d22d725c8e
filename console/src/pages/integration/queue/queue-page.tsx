import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { IntegrationFrame } from "../integration-frame.tsx";
import { journalServices } from "../integration-services.ts";
import { OfService } from "../of-service.tsx";
import { ServiceSwitch } from "../service-switch.tsx";
import { QueueBoard } from "./queue-board.tsx";
import type { QueueSearch } from "./queue-search.ts";

/** Every message exchanged with outside systems by one service at a time: what is where, and what is stuck. */
export function QueuePage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/integration" });
  const navigate = useNavigate({ from: "/integration" });
  const { service = "registry", by, state } = search;
  const change = (next: QueueSearch) => void navigate({ search: next, replace: true });
  return (
    <IntegrationFrame
      tab="messages"
      aside={
        <>
          <ServiceSwitch
            services={journalServices}
            value={service}
            // Sources and objects of one mean nothing to the other.
            onChange={(chosen) =>
              change({
                ...(chosen === "registry" ? {} : { service: chosen }),
                ...(by && { by }),
                ...(state && { state }),
              })
            }
          />
          <span className="muted">{t(`integration.service.about.${service}`)}</span>
        </>
      }
    >
      <OfService service={service}>
        <QueueBoard search={search} service={service} onChange={change} />
      </OfService>
    </IntegrationFrame>
  );
}
