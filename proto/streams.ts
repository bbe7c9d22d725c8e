/**
 * The message side of the contract: which streams exist, who writes them and which durable consumers read them.
 * `./dozor provision` makes them from this page. Every service makes what is missing at its start, and refuses what differs.
 */

/** Names that operators may change; kept together because every service must agree on them. */
export type StreamNames = {
  registry: string;
  checks: string;
  facts: string;
  leases: string;
  subjectPrefix: string;
};

export const defaultStreamNames: StreamNames = {
  registry: "DOZOR_REGISTRY",
  checks: "DOZOR_CHECKS",
  facts: "DOZOR_FACTS",
  leases: "dozor_leases",
  subjectPrefix: "dozor",
};

/** The environment variable that changes each name. */
export const streamVariables = {
  registry: "DOZOR_STREAM_REGISTRY",
  checks: "DOZOR_STREAM_CHECKS",
  facts: "DOZOR_STREAM_FACTS",
  leases: "DOZOR_LEASES_BUCKET",
  subjectPrefix: "DOZOR_SUBJECT_PREFIX",
} satisfies Record<keyof StreamNames, string>;

/** What travels. A topic is the part of a subject between the prefix and the lane. */
export const topics = {
  /** dozor.registry.v1.AssetSnapshot, by registry */
  asset: "registry.v1.asset",
  /** dozor.tracking.v1.CheckRequest, by monitoring */
  check: "tracking.v1.check",
  /** dozor.tracking.v1.CheckReply, by tracking */
  facts: "monitoring.v1.facts",
} as const;
export type Topic = (typeof topics)[keyof typeof topics];

/** Durable consumers, one per service that reads a stream; its instances share it. */
export const durables = {
  monitoringAssets: "monitoring_assets",
  trackingAssets: "tracking_assets",
  trackingChecks: "tracking_checks",
  monitoringFacts: "monitoring_facts",
} as const;

/** Subject of a message: `<prefix>.<topic>.<lane>`. */
export function subject(names: StreamNames, topic: string, lane: number): string {
  return `${names.subjectPrefix}.${topic}.${lane}`;
}

const dayMs = 86_400_000;

export function topology(names: StreamNames, options: { replicas: number; leaseTtlMs: number }) {
  const stream = (name: string, topic: Topic, maxBytes: number) => ({
    name,
    subjects: [`${names.subjectPrefix}.${topic}.*`],
    maxAgeMs: 7 * dayMs,
    maxBytes,
    replicas: options.replicas,
    duplicateWindowMs: 120_000,
  });
  // Who is silent for four lease terms has long lost its jobs to another; what it holds of messages goes the same way.
  const ackWaitMs = 4 * options.leaseTtlMs;
  const consumer = (stream: string, durable: string) => ({ stream, durable, ackWaitMs, maxAckPending: 4_000 });
  return {
    streams: [
      stream(names.registry, topics.asset, 4 * 1024 ** 3),
      stream(names.checks, topics.check, 1024 ** 3),
      stream(names.facts, topics.facts, 2 * 1024 ** 3),
    ],
    consumers: [
      consumer(names.registry, durables.monitoringAssets),
      consumer(names.registry, durables.trackingAssets),
      consumer(names.checks, durables.trackingChecks),
      consumer(names.facts, durables.monitoringFacts),
    ],
    leaseBucket: { bucket: names.leases, ttlMs: options.leaseTtlMs, replicas: options.replicas },
  };
}

/** What a service is told of the streams by its settings: what is there, and where its messages go. */
export function busOf(settings: { streamNames: StreamNames; streamReplicas: number; leaseTtlMs: number }) {
  const { streamNames, streamReplicas: replicas, leaseTtlMs } = settings;
  return {
    topology: topology(streamNames, { replicas, leaseTtlMs }),
    subjectOf: (topic: string, lane: number) => subject(streamNames, topic, lane),
  };
}
