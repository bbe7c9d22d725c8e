import { type ServiceName, serviceNames } from "./ports.ts";
import type { Simulators } from "./simulators.ts";

/** What instances call, and what a test may therefore put something in front of. */
export type Peer = "nats" | "postgres" | "registry" | "onec" | "kontur-focus" | "x-keeper" | "receiver";

/**
 * Gives the address under which a peer is reached, from its own one. The caller is an instance such as "tracking-2", or "every"
 * where all instances read the address from one file.
 */
export type Wiring = (peer: Peer, address: string, caller: string) => Promise<string>;

/** Everybody is reached at their own address. */
export const straightWiring: Wiring = async (_peer, address) => address;

export type WiredInstance = { natsUrl: string; databaseUrl: string; registryUrl: string };

/** What each instance is told, in the order of their numbers. */
export async function wireInstances(
  wiring: Wiring,
  instances: number,
  addresses: { natsUrl: string; databaseUrlOf(service: ServiceName): string; registryUrl: string },
): Promise<Record<ServiceName, WiredInstance[]>> {
  const wired: Record<ServiceName, WiredInstance[]> = { registry: [], tracking: [], monitoring: [] };
  for (const service of serviceNames) {
    for (let number = 1; number <= instances; number += 1) {
      const caller = `${service}-${number}`;
      wired[service].push({
        natsUrl: await wiring("nats", addresses.natsUrl, caller),
        databaseUrl: await wiring("postgres", addresses.databaseUrlOf(service), caller),
        registryUrl: await wiring("registry", addresses.registryUrl, caller),
      });
    }
  }
  return wired;
}

type OutsideUrls = Pick<Simulators, "onecUrl" | "konturFocusUrl" | "xkeeperUrl" | "receiverUrl">;

export async function wireOutsideSystems(wiring: Wiring, urls: OutsideUrls): Promise<OutsideUrls> {
  return {
    onecUrl: await wiring("onec", urls.onecUrl, "every"),
    konturFocusUrl: await wiring("kontur-focus", urls.konturFocusUrl, "every"),
    xkeeperUrl: await wiring("x-keeper", urls.xkeeperUrl, "every"),
    receiverUrl: await wiring("receiver", urls.receiverUrl, "every"),
  };
}
