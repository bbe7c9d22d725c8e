import type { Counter, Gauge, Histogram } from "prom-client";
import { Registry } from "prom-client";

type Family<L extends string> = { name: string; help: string; labels?: readonly L[] };
/** One registry per process. Each helper returns the family of that name, made on first use. */
export const metrics = {
  registry: new Registry(),
  counter<L extends string>(_family: Family<L>): Counter<L> {
    throw new Error("not built yet");
  },
  gauge<L extends string>(_family: Family<L> & { collect?: () => void | Promise<void> }): Gauge<L> {
    throw new Error("not built yet");
  },
  histogram<L extends string>(_family: Family<L> & { buckets?: number[] }): Histogram<L> {
    throw new Error("not built yet");
  },
};
