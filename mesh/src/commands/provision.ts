import { defaultStreamNames } from "@dozor/proto/streams";
import { configReader } from "@dozor/runtime/config";
import { provisionStreams } from "../provision.ts";
import { parseOptions } from "../usage.ts";

/** Prints what it created; says so when there was nothing to do. */
export async function provisionCommand(args: string[]): Promise<number> {
  parseOptions("provision", args, {});
  const read = configReader(process.env);
  const names = defaultStreamNames;
  const options = {
    natsUrl: read.string("DOZOR_NATS_URL", { default: "nats://127.0.0.1:15140" }),
    names: {
      registry: read.string("DOZOR_STREAM_REGISTRY", { default: names.registry }),
      checks: read.string("DOZOR_STREAM_CHECKS", { default: names.checks }),
      facts: read.string("DOZOR_STREAM_FACTS", { default: names.facts }),
      leases: read.string("DOZOR_LEASES_BUCKET", { default: names.leases }),
      subjectPrefix: read.string("DOZOR_SUBJECT_PREFIX", { default: names.subjectPrefix }),
    },
    replicas: read.integer("DOZOR_STREAM_REPLICAS", { default: 1, min: 1, max: 5 }),
    leaseTtlMs: read.durationMs("DOZOR_LEASE_TTL", { default: 30_000 }),
  };
  read.done();
  const { created } = await provisionStreams(options);
  console.log(created.length > 0 ? `created ${created.join(", ")}` : "everything was there");
  return 0;
}
