import { guidOf } from "../world/guid.ts";
import type { Base } from "./base.ts";

/** The exchange plan `Дозор`: the base's own node and the node of the receiver. */
export interface ExchangePlan {
  name: string;
  nodes(): ExchangeNode[];
  /**
   * Everything in the packet numbered `messageNo`. An old number does not replay an old packet: what is registered now
   * is told. What was told and not acknowledged comes again, perhaps with more.
   */
  select(nodeId: string, messageNo: number): Iterable<number>;
  /** Drops what was sent with numbers up to this one, unless it was written since. */
  notify(nodeId: string, messageNo: number): number;
  isReceiver(nodeId: string): boolean;
}

export interface ExchangeNode {
  id: string;
  code: string;
  name: string;
  thisNode: boolean;
  sentNo: number;
  receivedNo: number;
}

export function makeExchangePlan(seed: number, base: Base, packetSize: number): ExchangePlan {
  const own = guidOf(seed, "exchange-node", 0);
  const receiver = guidOf(seed, "exchange-node", 1);
  const queue = base.registrations.odata;
  let sentNo = 0;
  let receivedNo = 0;
  // A scheduled job of real bases moves a portion from the accumulating plan to this one when it is empty.
  let outlet: { slot: number; version: string }[] = [];
  return {
    name: "ExchangePlan_Дозор",
    nodes: () => [
      { id: own, code: "00", name: "Лизинговая база", thisNode: true, sentNo: 0, receivedNo: 0 },
      { id: receiver, code: "ДЗ", name: "Дозор", thisNode: false, sentNo, receivedNo },
    ],
    isReceiver: (nodeId) => nodeId === receiver,
    select: (_, messageNo) => {
      const again = outlet.length > 0;
      const more = again ? Math.ceil(packetSize / 10) : 0;
      outlet = queue
        .first(Math.min(outlet.length + more, packetSize + more) || packetSize)
        .map((slot) => ({ slot, version: "" }));
      sentNo = messageNo;
      return sent(outlet, base);
    },
    notify: (_, messageNo) => {
      receivedNo = messageNo;
      if (messageNo < sentNo) return 0;
      const packet = outlet.filter((one) => one.version !== "");
      outlet = [];
      for (const { slot, version } of packet) base.acknowledge("odata", slot, version, "accepted");
      return packet.length;
    },
  };
}

/** Notes the version of each object at the moment at which it is told. */
function* sent(outlet: { slot: number; version: string }[], base: Base): Generator<number> {
  for (const one of outlet) {
    one.version = base.versionOf(one.slot);
    yield one.slot;
  }
}
