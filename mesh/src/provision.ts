import { type StreamNames, topology } from "@dozor/proto/streams";
import { provision } from "@dozor/runtime/jetstream";
import { silentLog } from "@dozor/runtime/log";
import { connectNats } from "@dozor/runtime/nats-connection";

export type ProvisionOptions = { natsUrl: string; names: StreamNames; replicas: number; leaseTtlMs: number };

/** Creates the streams, the durable consumers and the lease bucket of the contract; safe to repeat. */
export async function provisionStreams(options: ProvisionOptions): Promise<{ created: string[] }> {
  const { natsUrl, names, replicas, leaseTtlMs } = options;
  await using nats = await connectNats({ url: natsUrl, name: "dozor-provision", log: silentLog });
  return await provision(nats, topology(names, { replicas, leaseTtlMs }));
}
