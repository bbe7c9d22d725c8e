// The streams, consumers and bucket that must exist in NATS. Works from nats-server 2.9 on, so nothing newer is used. Promised: provisioning that may be
// repeated and raced, what was lost made again, and a start that names every difference. Not promised: that what the server acknowledged survives a power cut;
// Postgres is the truth and fills the streams again.

import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  type KV,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "nats";
import type { Nats } from "./nats-connection.ts";

export type StreamSpec = {
  name: string;
  subjects: readonly string[];
  maxAgeMs?: number;
  maxBytes?: number;
  replicas?: number;
  duplicateWindowMs?: number;
};

export type ConsumerSpec = {
  stream: string;
  durable: string;
  filterSubject?: string;
  ackWaitMs?: number;
  maxAckPending?: number;
};

export type LeaseBucketSpec = { bucket: string; ttlMs: number; replicas?: number };

export type Topology = {
  streams: readonly StreamSpec[];
  consumers: readonly ConsumerSpec[];
  leaseBucket?: LeaseBucketSpec;
};

/** Makes what is missing and changes what may be changed. Answers the names of the streams, consumers and buckets it made. */
export async function provision(nats: Nats, topology: Topology): Promise<{ created: string[] }> {
  const created = await makeMissing(nats, topology);
  for (const spec of topology.streams) await alignStream(nats, streamConfig(spec));
  for (const spec of topology.consumers) await alignConsumer(nats, spec);
  return { created };
}

/** Makes the streams, consumers and the bucket that do not exist, and leaves the others as they are. Answers the names of what it made. */
export async function makeMissing(
  nats: Nats,
  { streams, consumers, leaseBucket: bucket }: Topology,
): Promise<string[]> {
  const made: string[] = [];
  for (const spec of streams) if (await madeStream(nats, spec)) made.push(spec.name);
  for (const spec of consumers) if (await madeConsumer(nats, spec)) made.push(`${spec.stream}/${spec.durable}`);
  if (bucket !== undefined && (await streamInfo(nats, `KV_${bucket.bucket}`)) === undefined) {
    await leaseBucket(nats, bucket);
    made.push(bucket.bucket);
  }
  return made;
}

/** Throws one error which names each difference between what the server has and what the topology says. */
export async function verify(nats: Nats, topology: Topology): Promise<void> {
  const problems: string[] = [];
  for (const spec of topology.streams) {
    const info = await streamInfo(nats, spec.name);
    if (info === undefined) problems.push(`stream ${spec.name} does not exist`);
    else problems.push(...differences(`stream ${spec.name}`, streamConfig(spec), info.config));
  }
  for (const spec of topology.consumers) {
    const info = await consumerInfo(nats, spec.stream, spec.durable);
    if (info === undefined) problems.push(`consumer ${spec.durable} of ${spec.stream} does not exist`);
    else problems.push(...differences(`consumer ${spec.durable} of ${spec.stream}`, consumerConfig(spec), info.config));
  }
  if (topology.leaseBucket !== undefined) {
    const { bucket, ttlMs } = topology.leaseBucket;
    const info = await streamInfo(nats, `KV_${bucket}`);
    if (info === undefined) problems.push(`bucket ${bucket} does not exist`);
    else problems.push(...differences(`bucket ${bucket}`, { max_age: nanos(ttlMs) }, info.config));
  }
  if (problems.length > 0) throw new Error(`NATS is not provisioned as configured:\n  ${problems.join("\n  ")}`);
}

/** The bucket of leases, made when it is missing. All its keys expire `ttlMs` after they were last written. */
export async function leaseBucket(nats: Nats, { bucket, ttlMs, replicas = 1 }: LeaseBucketSpec): Promise<KV> {
  // A bucket left with another term keeps it; verify() names the difference.
  const exists = (await streamInfo(nats, `KV_${bucket}`)) !== undefined;
  if (exists) return await nats.jetstream.views.kv(bucket, { bindOnly: true });
  return await nats.jetstream.views.kv(bucket, { ttl: ttlMs, replicas, history: 1, storage: StorageType.File });
}

/** undefined when the stream does not exist. */
export async function streamInfo(nats: Nats, name: string) {
  return await nats.manager.streams.info(name).catch(missingAsUndefined);
}

/** undefined when the stream or its consumer does not exist. */
export async function consumerInfo(nats: Nats, stream: string, durable: string) {
  return await nats.manager.consumers.info(stream, durable).catch(missingAsUndefined);
}

function missingAsUndefined(error: unknown): undefined {
  if (apiErrorCode(error) === 10059 || apiErrorCode(error) === 10014) return undefined;
  throw error;
}

function apiErrorCode(error: unknown): number | undefined {
  return (error as { api_error?: { err_code?: number } }).api_error?.err_code;
}

async function madeStream(nats: Nats, spec: StreamSpec): Promise<boolean> {
  if ((await streamInfo(nats, spec.name)) !== undefined) return false;
  try {
    await nats.manager.streams.add(streamConfig(spec));
    return true;
  } catch (error) {
    // Made by somebody else in the meantime, which is as good.
    if (apiErrorCode(error) === 10058 || apiErrorCode(error) === 10065) return false;
    throw new Error(`create stream ${spec.name}`, { cause: error });
  }
}

async function alignStream(nats: Nats, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  const changes = differences(`stream ${config.name}`, config, (await nats.manager.streams.info(config.name)).config);
  if (changes.length === 0) return;
  try {
    await nats.manager.streams.update(config.name, config);
  } catch (error) {
    throw new Error(`update stream ${config.name} (${changes.join("; ")})`, { cause: error });
  }
}

async function madeConsumer(nats: Nats, spec: ConsumerSpec): Promise<boolean> {
  const { stream, durable } = spec;
  if ((await consumerInfo(nats, stream, durable)) !== undefined) return false;
  const { consumers } = nats.manager;
  try {
    const made = await consumers.add(stream, consumerConfig(spec));
    // A server whose power went may find the place of a consumer on its disk while the stream is gone, and gives it to the one that is made anew: it would
    // pass over as many messages of the new stream. Deleting removes what was left. Should another instance have made it just now, its messages come again.
    if (made.delivered.consumer_seq > 0) {
      await consumers.delete(stream, durable).catch(missingAsUndefined);
      await consumers.add(stream, consumerConfig(spec));
    }
    return true;
  } catch (error) {
    throw new Error(`create consumer ${durable} of ${stream}`, { cause: error });
  }
}

async function alignConsumer(nats: Nats, spec: ConsumerSpec): Promise<void> {
  const { stream, durable } = spec;
  const config = consumerConfig(spec);
  const changes = differences(
    `consumer ${durable} of ${stream}`,
    config,
    (await nats.manager.consumers.info(stream, durable)).config,
  );
  if (changes.length === 0) return;
  try {
    await nats.manager.consumers.update(stream, durable, config);
  } catch (error) {
    throw new Error(`update consumer ${durable} of ${stream} (${changes.join("; ")})`, { cause: error });
  }
}

function streamConfig(spec: StreamSpec): Partial<StreamConfig> & { name: string } {
  return {
    name: spec.name,
    subjects: [...spec.subjects],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    // Full means the publisher waits. The default would drop the oldest messages, read or not.
    discard: DiscardPolicy.New,
    max_age: nanos(spec.maxAgeMs ?? 7 * 86_400_000),
    max_bytes: spec.maxBytes ?? 2 ** 30,
    num_replicas: spec.replicas ?? 1,
    duplicate_window: nanos(spec.duplicateWindowMs ?? 120_000),
  };
}

function consumerConfig(spec: ConsumerSpec): Partial<ConsumerConfig> {
  return {
    durable_name: spec.durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(spec.ackWaitMs ?? 120_000),
    max_ack_pending: spec.maxAckPending ?? 1_000,
    // The server never gives a message up; what keeps failing goes to our own dead_letter table.
    max_deliver: -1,
    ...(spec.filterSubject === undefined ? {} : { filter_subject: spec.filterSubject }),
  };
}

function differences(what: string, wanted: object, found: object): string[] {
  const actual = found as Record<string, unknown>;
  return Object.entries(wanted)
    .filter(([key, value]) => key !== "name" && JSON.stringify(actual[key]) !== JSON.stringify(value))
    .map(([key, value]) => `${what}: ${key} is ${JSON.stringify(actual[key])}, not ${JSON.stringify(value)}`);
}
