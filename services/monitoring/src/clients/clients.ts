import { RegistryService } from "@dozor/proto/registry/v1/registry";
import { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { ZoneService } from "@dozor/proto/tracking/v1/zone";
import { createGrpcClient } from "@dozor/runtime/client";

/** The other services by gRPC, called with this service's own token. */
export function createClients({
  registryUrl,
  trackingUrl,
  serviceTokenFile,
}: {
  registryUrl: string;
  trackingUrl: string;
  serviceTokenFile: string;
}) {
  const token = async () => (await Bun.file(serviceTokenFile).text()).trim();
  return {
    registry: createGrpcClient(RegistryService, { baseUrl: registryUrl, token }),
    tracking: createGrpcClient(TrackingService, { baseUrl: trackingUrl, token }),
    zones: createGrpcClient(ZoneService, { baseUrl: trackingUrl, token }),
  };
}
