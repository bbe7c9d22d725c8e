import type { ReactNode } from "react";
import type { ServiceName } from "../../app/transport.ts";
import { IntegrationFrame, type IntegrationTab } from "./integration-frame.tsx";
import { OfService } from "./of-service.tsx";
import { ServiceSwitch } from "./service-switch.tsx";

type Props<S extends ServiceName> = {
  tab: IntegrationTab;
  services: readonly S[];
  service: S;
  /** What the service has to do with the page, beside its name. */
  about: string;
  onService: (service: S) => void;
  children: ReactNode;
};

/** A page of the integration about one service at a time, with the way to the others. */
export function ServiceFrame<S extends ServiceName>({ tab, services, service, about, onService, children }: Props<S>) {
  return (
    <IntegrationFrame
      tab={tab}
      aside={
        <>
          <ServiceSwitch services={services} value={service} onChange={onService} />
          <span className="muted">{about}</span>
        </>
      }
    >
      <OfService service={service}>{children}</OfService>
    </IntegrationFrame>
  );
}
