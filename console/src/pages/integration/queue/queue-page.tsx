import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { journalServices } from "../integration-services.ts";
import { ServiceFrame } from "../service-frame.tsx";
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
    <ServiceFrame
      tab="messages"
      services={journalServices}
      service={service}
      about={t(`integration.service.about.${service}`)}
      // Sources and objects of one mean nothing to the other.
      onService={(chosen) =>
        change({
          ...(chosen === "registry" ? {} : { service: chosen }),
          ...(by && { by }),
          ...(state && { state }),
        })
      }
    >
      <QueueBoard search={search} service={service} onChange={change} />
    </ServiceFrame>
  );
}
