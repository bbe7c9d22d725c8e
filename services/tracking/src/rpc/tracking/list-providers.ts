import type { ServiceImpl } from "@connectrpc/connect";
import type { TrackingService } from "@dozor/proto/tracking/v1/tracking";
import type { Context } from "../../context.ts";
import { providerMessages } from "./provider-messages.ts";

export function listProviders(
  context: Pick<Context, "database" | "providers" | "clock" | "healthToleranceMs">,
): ServiceImpl<typeof TrackingService>["listProviders"] {
  return async () => ({ providers: await providerMessages(context, "") });
}
