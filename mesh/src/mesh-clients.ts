import { IntegrationQueueService } from "@dozor/proto/integration/v1/queue";
import { IndicatorService } from "@dozor/proto/monitoring/v1/indicator";
import { ReportService } from "@dozor/proto/monitoring/v1/report";
import { RunService } from "@dozor/proto/monitoring/v1/run";
import { TaskService } from "@dozor/proto/monitoring/v1/task";
import { TraceService } from "@dozor/proto/monitoring/v1/trace";
import { WatchService } from "@dozor/proto/monitoring/v1/watch";
import { RegistryService } from "@dozor/proto/registry/v1/registry";
import { SourceService } from "@dozor/proto/registry/v1/source";
import { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { ZoneService } from "@dozor/proto/tracking/v1/zone";
import { createGrpcClient } from "@dozor/runtime/client";
import type { ServiceName } from "./ports.ts";

export type MeshClients = ReturnType<typeof meshClients>;

/** Native gRPC clients of every service, as another service of the company would have them. */
export function meshClients(grpcUrlOf: (service: ServiceName) => string, token: string) {
  // Longer than any wait asked for in a call, such as the end of a poll of a big base.
  const optionsOf = (service: ServiceName) => ({ baseUrl: grpcUrlOf(service), token: () => token, timeoutMs: 900_000 });
  return {
    registry: createGrpcClient(RegistryService, optionsOf("registry")),
    sources: createGrpcClient(SourceService, optionsOf("registry")),
    /** Of registry, which is the one that delivers. */
    queue: createGrpcClient(IntegrationQueueService, optionsOf("registry")),
    tracking: createGrpcClient(TrackingService, optionsOf("tracking")),
    zones: createGrpcClient(ZoneService, optionsOf("tracking")),
    indicators: createGrpcClient(IndicatorService, optionsOf("monitoring")),
    runs: createGrpcClient(RunService, optionsOf("monitoring")),
    tasks: createGrpcClient(TaskService, optionsOf("monitoring")),
    reports: createGrpcClient(ReportService, optionsOf("monitoring")),
    trace: createGrpcClient(TraceService, optionsOf("monitoring")),
    watch: createGrpcClient(WatchService, optionsOf("monitoring")),
  };
}
