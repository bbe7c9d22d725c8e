import { TransportProvider } from "@connectrpc/connect-query";
import type { ReactNode } from "react";
import { type ServiceName, serviceTransports } from "../../app/transport.ts";

/** Everything inside asks this service. A change of service begins with empty hands: nothing of one is shown under the name of the other. */
export function OfService({ service, children }: { service: ServiceName; children: ReactNode }) {
  return (
    <TransportProvider key={service} transport={serviceTransports[service]}>
      {children}
    </TransportProvider>
  );
}
