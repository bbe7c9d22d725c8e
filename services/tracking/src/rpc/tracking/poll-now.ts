import type { ServiceImpl } from "@connectrpc/connect";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import { notFound } from "@dozor/runtime/errors";
import type { Context } from "../../context.ts";
import { pollJobName } from "../../poll-job.ts";
import { providerMessages } from "./provider-messages.ts";

export function pollNow(
  context: Pick<Context, "database" | "providers" | "clock" | "healthToleranceMs" | "runJob" | "wake">,
): ServiceImpl<typeof TrackingService>["pollNow"] {
  return async ({ provider, waitMs }, call) => {
    const names = context.providers.map((each) => each.provider.name).filter((name) => [name, ""].includes(provider));
    if (provider !== "" && names.length === 0) throw notFound("provider", provider);
    const isFinished = waitMs > 0 ? await pollAndWait(context, names, waitMs, call.signal) : false;
    if (waitMs === 0) for (const name of names) context.wake(pollJobName(name));
    return { finished: isFinished, providers: await providerMessages(context, provider) };
  };
}

/** Whether the polls ended in time; one that failed says so in the state of its provider. */
async function pollAndWait(
  { runJob }: Pick<Context, "runJob">,
  names: readonly string[],
  waitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  await Promise.allSettled(names.map((name) => runJob(pollJobName(name), patience)));
  return !patience.aborted;
}
