import type { ServiceImpl } from "@connectrpc/connect";
import type { ReceiverService } from "@dozor/proto/registry/v1/receiver";
import type { RegistryContext } from "../../context.ts";
import { readReceiverMessages } from "./receiver-messages.ts";

export const listReceivers =
  ({ database, receivers }: RegistryContext): ServiceImpl<typeof ReceiverService>["listReceivers"] =>
  async () => ({ receivers: await readReceiverMessages(database.sql, receivers) });
