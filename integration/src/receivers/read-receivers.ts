import type { Section } from "@dozor/runtime/config-section";
import { checkPeer } from "@dozor/runtime/service-config";

/** An outside system that is sent objects. */
export type ReceiverConfig = {
  /** Part of the journal's lanes: it must not change while messages wait. */
  name: string;
  url: string;
  secret: string;
  /** Kinds of objects that it is sent. */
  objects: readonly string[];
  timeoutMs: number;
  /** Objects that are sent to it at once. */
  parallelMax: number;
};

/** Reads `receivers` of a service's section. `kinds` are those that the service can send. */
export function readReceivers(service: Section, kinds: readonly string[]): ReceiverConfig[] {
  const receivers = service.sections("receivers").map((receiver) => readReceiver(receiver, kinds));
  for (const [index, { name }] of receivers.entries())
    if (receivers.findIndex((other) => other.name === name) !== index)
      service.problem(`two receivers are named "${name}"`);
  return receivers;
}

function readReceiver(receiver: Section, kinds: readonly string[]): ReceiverConfig {
  const config: ReceiverConfig = {
    name: receiver.string("name"),
    url: receiver.string("url"),
    secret: receiver.secret("secret"),
    objects: receiver.strings("objects", { default: kinds }),
    timeoutMs: receiver.durationMs("timeout", { default: "10s" }),
    parallelMax: receiver.integer("parallel", { default: 4, min: 1, max: 8 }),
  };
  checkPeer(receiver, { name: config.name, baseUrl: config.url });
  if (config.name.startsWith("notice-")) receiver.problem("names that begin with notice- are taken");
  if (config.timeoutMs < 100 || config.timeoutMs > 60_000) receiver.problem("timeout is not between 100 ms and 60 s");
  for (const kind of config.objects)
    if (!kinds.includes(kind)) receiver.problem(`objects: ${kind} is none of ${kinds.join(", ")}`);
  receiver.noOther();
  return config;
}
