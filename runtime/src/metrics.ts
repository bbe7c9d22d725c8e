// The process's one Prometheus registry. It promises that a family exists once, whoever asks for it first, and that a caller who declares
// other labels is refused as its module loads. It does not promise separate numbers for two services in one process: the scrape tells instances apart.

import { Counter, collectDefaultMetrics, Gauge, Histogram, type OpenMetricsContentType, Registry } from "prom-client";

type Family<L extends string> = { name: string; help: string; labels?: readonly L[] };

/** Bounds in seconds for calls; a bound at 0.5 s is the latency objective. */
export const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Bounds in seconds for polls, runs and other work which takes minutes. */
export const runBuckets = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

// Exemplars exist in the OpenMetrics form only.
const registry = new Registry<OpenMetricsContentType>();
registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
const families = new Map<string, { made: unknown; labels: readonly string[] }>();

/** Each helper returns the family of that name and makes it on first use. Durations are seconds. Never use an id as a label. */
export const metrics = {
  registry,
  counter<L extends string>({ name, help, labels = [] }: Family<L>): Counter<L> {
    return once(name, labels, () => new Counter<L>({ name, help, labelNames: [...labels], registers: [registry] }));
  },
  gauge<L extends string>({ name, help, labels = [] }: Family<L>): Gauge<L> {
    return once(name, labels, () => new Gauge<L>({ name, help, labelNames: [...labels], registers: [registry] }));
  },
  /** With `exemplars` an observation may name its trace: `observe({ labels, value, exemplarLabels: { trace_id } })`. */
  histogram<L extends string>(family: Family<L> & { buckets?: number[]; exemplars?: boolean }): Histogram<L> {
    const { name, help, labels = [], buckets = callBuckets, exemplars = false } = family;
    const options = { name, help, labelNames: [...labels], buckets, enableExemplars: exemplars, registers: [registry] };
    return once(name, labels, () => new Histogram<L>(options));
  },
};

function once<T>(name: string, labels: readonly string[], make: () => T): T {
  const known = families.get(name);
  if (known !== undefined) {
    if (known.labels.join() !== labels.join())
      throw new Error(`metric ${name} is declared with labels [${known.labels}] and again with [${labels}]`);
    // The family was made by the same helper under the same name, so it has the caller's type.
    return known.made as T;
  }
  const made = make();
  families.set(name, { made, labels });
  return made;
}

/** Registers what is known of the process itself. Call once per process; further calls change nothing but the build info. */
export function observeProcess({ service, version }: { service: string; version: string }): void {
  once("process defaults", [], () => {
    collectDefaultMetrics({ register: registry });
    for (const name of deadOnBun) registry.removeSingleMetric(name);
    return true;
  });
  once("process_main_thread_cpu_seconds_total", [], () => {
    let reported = 0;
    return new Counter({
      name: "process_main_thread_cpu_seconds_total",
      help: "CPU time of the main thread, which is how busy the event loop is",
      registers: [registry],
      collect() {
        const { user, system } = process.threadCpuUsage();
        const seconds = (user + system) / 1e6;
        this.inc(Math.max(0, seconds - reported));
        reported = seconds;
      },
    });
  });
  metrics
    .gauge({
      name: "service_build_info",
      help: "1, labelled with what runs",
      labels: ["service", "version", "runtime"],
    })
    .set({ service, version, runtime: `bun ${Bun.version}` }, 1);
}

// Bun answers these with zeros or with the size of the address space, which reads as a leak on a dashboard.
const deadOnBun = [
  "nodejs_gc_duration_seconds",
  "nodejs_active_resources",
  "nodejs_active_resources_total",
  "nodejs_active_handles",
  "nodejs_active_handles_total",
  "nodejs_active_requests",
  "nodejs_active_requests_total",
  "nodejs_heap_space_size_total_bytes",
  "nodejs_heap_space_size_used_bytes",
  "nodejs_heap_space_size_available_bytes",
  "process_heap_bytes",
];
