import { create } from "@bufbuild/protobuf";
import { type Provider, ProviderSchema } from "@dozor/proto/tracking/v1/tracking";
import type { Context } from "../../context.ts";
import { optionalTimestamp } from "../../facts/messages.ts";
import { isHealthy } from "../../facts/provider-health.ts";
import { providerCounts, providerStates } from "../../store/provider-state.ts";

/** The configured providers, or one of them, as they are now. */
export async function providerMessages(
  context: Pick<Context, "database" | "providers" | "clock" | "healthToleranceMs">,
  only: string,
): Promise<Provider[]> {
  const { database, providers, clock, healthToleranceMs } = context;
  const configured = new Set(providers.map(({ provider }) => provider.name));
  const counts = new Map((await providerCounts(database.sql)).map((each) => [each.provider, each]));
  const states = await providerStates(database.sql);
  return states
    .filter(({ name }) => configured.has(name) && (only === "" || name === only))
    .map((state) => {
      const count = counts.get(state.name);
      const lastStartedAt = optionalTimestamp(state.lastStartedAt);
      const lastSuccessAt = optionalTimestamp(state.lastSuccessAt);
      const completeUntil = optionalTimestamp(state.contactsCompleteUntil);
      return create(ProviderSchema, {
        name: state.name,
        adapter: state.adapter,
        healthy: isHealthy(state, clock.now(), healthToleranceMs),
        lastError: state.lastError,
        deviceCount: BigInt(count?.deviceCount ?? 0),
        contactCount: BigInt(state.contactCount),
        fixCount: BigInt(state.fixCount),
        flawedFixCount: BigInt(state.flawedFixCount),
        zoneCount: BigInt(count?.zoneCount ?? 0),
        quarantinedCount: BigInt(count?.quarantinedCount ?? 0),
        ...(lastStartedAt === undefined ? {} : { lastStartedAt }),
        ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
        ...(completeUntil === undefined ? {} : { completeUntil }),
      });
    });
}
