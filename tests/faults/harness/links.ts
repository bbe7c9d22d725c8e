import { freePorts } from "@dozor/mesh/ports";
import type { Peer, Wiring } from "@dozor/mesh/wiring";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** A link of its own between each instance and each of the peers. */
export type Links = {
  wiring: Wiring;
  /** Links to the peer; with a caller such as "tracking-2" only that of this instance. */
  to(peer: Peer, caller?: string): TcpProxy[];
  /** What chance decides from now on. */
  drawFrom(random: () => number): void;
  heal(): void;
};

export function openLinks(peers: readonly Peer[], stack: AsyncDisposableStack): Links {
  const links: { peer: Peer; caller: string; proxy: TcpProxy }[] = [];
  let draw = Math.random;
  return {
    async wiring(peer, address, caller) {
      if (!peers.includes(peer)) return address;
      const [, target] = /127\.0\.0\.1:(\d+)/.exec(address) ?? [];
      if (target === undefined)
        throw new Error(`put a link in front of ${peer}: ${address} is no address of this machine`);
      const [port = 0] = await freePorts(1);
      const proxy = stack.use(await startTcpProxy({ port: Number(target) }, { port, random: () => draw() }));
      links.push({ peer, caller, proxy });
      return address.replace(`127.0.0.1:${target}`, `127.0.0.1:${port}`);
    },
    to(peer, caller) {
      const found = links.filter((link) => link.peer === peer && (caller === undefined || link.caller === caller));
      if (found.length === 0) throw new Error(`find a link from ${caller ?? "anybody"} to ${peer}: there is none`);
      return found.map(({ proxy }) => proxy);
    },
    drawFrom(random) {
      draw = random;
    },
    heal() {
      for (const { proxy } of links) proxy.heal();
    },
  };
}
