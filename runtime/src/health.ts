// grpc.health.v1: whether this server wants traffic, as a whole ("") or for one of its services, which is the same answer.

import { setTimeout as delay } from "node:timers/promises";
import type { ServiceImpl } from "@connectrpc/connect";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../gen/grpc/health/v1/health_pb.ts";
import { notFound } from "./errors.ts";
import type { Route } from "./route.ts";

/** `isReady` is asked for each answer; a watcher hears of a change within `pollMs`. */
export function healthRoute(serviceNames: readonly string[], isReady: () => boolean, pollMs = 500): Route {
  const statusOf = (name: string): Status => {
    if (name !== "" && !serviceNames.includes(name)) return Status.SERVICE_UNKNOWN;
    return isReady() ? Status.SERVING : Status.NOT_SERVING;
  };
  const implementation: ServiceImpl<typeof Health> = {
    check({ service }) {
      const status = statusOf(service);
      if (status === Status.SERVICE_UNKNOWN) throw notFound("service", service);
      return { status };
    },
    list() {
      return { statuses: Object.fromEntries(["", ...serviceNames].map((name) => [name, { status: statusOf(name) }])) };
    },
    async *watch({ service }, { signal }) {
      let told: Status | undefined;
      while (!signal.aborted) {
        const status = statusOf(service);
        if (status !== told) yield { status };
        told = status;
        await delay(pollMs, undefined, { signal }).catch(() => {});
      }
    },
  };
  return { service: Health, implementation: { ...implementation }, access: "open" };
}
