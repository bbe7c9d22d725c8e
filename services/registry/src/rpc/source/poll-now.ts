import { setTimeout as delay } from "node:timers/promises";
import type { ServiceImpl } from "@connectrpc/connect";
import type { SourceService } from "@dozor/proto/registry/v1/source";
import { notFound } from "@dozor/runtime/errors";
import type { RegistryContext } from "../../context.ts";
import { pollJobName } from "../../job-names.ts";
import { readSourceMessages } from "./source-messages.ts";

const waitMsDefault = 60_000;

export const pollNow =
  ({ database, sources, runJobs, followUps }: RegistryContext): ServiceImpl<typeof SourceService>["pollNow"] =>
  async ({ source, waitMs }, { signal }) => {
    if (source !== "" && !sources.has(source)) throw notFound("source", source);
    const names = source === "" ? [...sources.keys()] : [source];
    const polls = Promise.all(names.map((name) => runJobs([pollJobName(name)]))).then(() => followUps.ended());
    const waiting = new AbortController();
    try {
      const late = delay(waitMs || waitMsDefault, false, { signal: AbortSignal.any([signal, waiting.signal]) });
      const finished = await Promise.race([polls.then(() => true), late]);
      const polled = await readSourceMessages(database.sql, sources);
      return { finished, sources: polled.filter(({ name }) => names.includes(name)) };
    } finally {
      waiting.abort();
    }
  };
