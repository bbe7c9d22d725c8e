import type { Child } from "@dozor/mesh/child-process";
import type { Mesh } from "@dozor/mesh/mesh";
import { type ServiceName, serviceNames } from "@dozor/mesh/ports";
import type { ServiceInstance } from "@dozor/mesh/service-process";
import { eventually } from "@dozor/testkit/eventually";
import { jobOwner } from "../job-owner.ts";
import { passTime } from "./pass-time.ts";

type Pausable = Pick<ServiceInstance | Child, "pause" | "resume">;
/** Kills, stops and starts the processes of one mesh. */
export type Supervisor = {
  instances(service?: ServiceName): ServiceInstance[];
  /** The instance that holds the job, waiting until there is one. */
  ownerOf(service: ServiceName, job: string): Promise<ServiceInstance>;
  /** SIGSTOP, and SIGCONT after the time. */
  pauseFor(process: Pausable, ms: number): Promise<void>;
  /** kill -9, and a new start after the time. */
  killFor(instance: ServiceInstance, downMs: number): Promise<void>;
  killNatsFor(downMs: number): Promise<void>;
  killPostgresFor(downMs: number): Promise<void>;
  /** Everything runs: what was stopped goes on, what died is started, and all of it is ready. */
  revive(): Promise<void>;
};

export function supervise(mesh: Mesh, signal: AbortSignal): Supervisor {
  const instances = (service?: ServiceName) =>
    serviceNames.filter((name) => service === undefined || name === service).flatMap((name) => mesh.services[name]);
  /** Started again as often as it ends, as an orchestrator does: what it needs at its start may not be back yet. */
  const start = (instance: ServiceInstance) =>
    eventually(
      `${instance.name} to be ready`,
      async () => {
        if (!instance.isRunning()) instance.start();
        await instance.ready(signal);
        return true;
      },
      { deadlineMs: 120_000, signal },
    );
  return {
    instances,
    async ownerOf(service, job) {
      const held = await eventually(`an owner of ${job}`, () => jobOwner(mesh, service, job), {
        deadlineMs: 30_000,
        signal,
      });
      return held.owner;
    },
    async pauseFor(process, ms) {
      process.pause();
      try {
        await passTime(ms, signal);
      } finally {
        process.resume();
      }
    },
    async killFor(instance, downMs) {
      await instance.kill();
      await passTime(downMs, signal);
      await start(instance);
    },
    async killNatsFor(downMs) {
      await mesh.nats.child.kill();
      await passTime(downMs, signal);
      await mesh.nats.start(signal);
    },
    async killPostgresFor(downMs) {
      await mesh.postgres.child.kill();
      await passTime(downMs, signal);
      await mesh.postgres.start(signal);
    },
    async revive() {
      for (const process of [mesh.nats.child, mesh.postgres.child, ...(mesh.simulators?.children ?? [])])
        process.resume();
      if (!mesh.nats.child.isRunning()) await mesh.nats.start(signal);
      if (!mesh.postgres.child.isRunning()) await mesh.postgres.start(signal);
      await Promise.all(
        instances().map(async (instance) => {
          instance.resume();
          await start(instance);
        }),
      );
    },
  };
}
