import { createServer } from "node:net";

export const serviceNames = ["registry", "tracking", "monitoring"] as const;
export type ServiceName = (typeof serviceNames)[number];
export type ServicePorts = { grpc: number; http: number; probe: number };
export type PortPlan = {
  console: number;
  nats: number;
  natsMonitor: number;
  postgres: number;
  onec: number;
  konturFocus: number;
  xkeeper: number;
  receiver: number;
  /** One element per instance. */
  services: Record<ServiceName, ServicePorts[]>;
};

export const portBaseDefault = 15_100;
const offset = { console: 0, registry: 10, tracking: 20, monitoring: 30, nats: 40, natsMonitor: 41, postgres: 50 };
const simulatorOffset = { onec: 60, konturFocus: 61, xkeeper: 62, receiver: 63 };
const instanceStep = 100;
// Above it the kernel gives ports to outgoing connections, and one of ours would now and then be taken.
const portMax = 32_767;

/** The ports of the whole mesh on one machine, all moved together by the base; each further instance stands 100 higher. */
export function portPlan(base: number, instances: number): PortPlan {
  const highest = base + instanceStep * (instances - 1) + simulatorOffset.receiver;
  if (base < 1024 || highest > portMax) {
    throw new Error(`plan ports from ${base} for ${instances} instances: they must lie between 1024 and ${portMax}`);
  }
  const instancesOf = (service: ServiceName): ServicePorts[] =>
    Array.from({ length: instances }, (_, index) => {
      const first = base + offset[service] + instanceStep * index;
      return { grpc: first, http: first + 1, probe: first + 2 };
    });
  return {
    console: base + offset.console,
    nats: base + offset.nats,
    natsMonitor: base + offset.natsMonitor,
    postgres: base + offset.postgres,
    onec: base + simulatorOffset.onec,
    konturFocus: base + simulatorOffset.konturFocus,
    xkeeper: base + simulatorOffset.xkeeper,
    receiver: base + simulatorOffset.receiver,
    services: {
      registry: instancesOf("registry"),
      tracking: instancesOf("tracking"),
      monitoring: instancesOf("monitoring"),
    },
  };
}

/** Every port of the plan, to be found free before anything starts. */
export function portsOf(plan: PortPlan): number[] {
  const services = serviceNames.flatMap((name) =>
    plan.services[name].flatMap(({ grpc, http, probe }) => [grpc, http, probe]),
  );
  return [
    plan.console,
    plan.nats,
    plan.natsMonitor,
    plan.postgres,
    plan.onec,
    plan.konturFocus,
    plan.xkeeper,
    plan.receiver,
    ...services,
  ];
}

/** @throws an error naming the ports which another process listens on */
export async function requireFreePorts(ports: readonly number[]): Promise<void> {
  const free = await Promise.all(ports.map((port) => isFree(port)));
  const taken = ports.filter((_, index) => !free[index]);
  if (taken.length > 0) {
    throw new Error(
      `start the mesh: port ${taken.join(", ")} is taken; stop what listens there or choose another --port-base`,
    );
  }
}

/** A base whose whole plan is free, for a mesh of a test beside others on the same machine. */
export async function freePortBase(instances: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = 16_000 + 10 * Math.floor(Math.random() * 1400);
    const free = await Promise.all(portsOf(portPlan(base, instances)).map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`find free ports for a mesh of ${instances} instances: 50 places were taken`);
}

/** Free ports below the range of outgoing connections, apart from the default ones of `./dozor up`. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; found.size < count && attempt < 500; attempt += 1) {
    const port = 24_000 + Math.floor(Math.random() * 8_000);
    if (await isFree(port)) found.add(port);
  }
  if (found.size < count)
    throw new Error(`find ${count} free ports between 24000 and 32000: 500 tries were not enough`);
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
