import type { ServiceImpl } from "@connectrpc/connect";
import { direction } from "@dozor/integration/journal";
import { writeActions } from "@dozor/integration/store/queue-actions";
import type { ReceiverService } from "@dozor/proto/registry/v1/receiver";
import { principalOf } from "@dozor/runtime/auth";
import { invalidArgument, notFound } from "@dozor/runtime/errors";
import type { RegistryContext } from "../../context.ts";
import { receivedKinds } from "../../intake/announce-changes.ts";
import { restartLoads } from "../../store/receiver-load.ts";
import { readReceiverMessages } from "./receiver-messages.ts";

export const reloadReceiver =
  ({ database, receivers }: RegistryContext): ServiceImpl<typeof ReceiverService>["reloadReceiver"] =>
  async ({ name, kind, reason }, call) => {
    const receiver = receivers.find((each) => each.name === name);
    if (receiver === undefined) throw notFound("receiver", name);
    const wanted = receivedKinds(receiver).filter((each) => kind === "" || each.kind === kind);
    if (wanted.length === 0)
      throw invalidArgument(`kind: receiver ${name} is sent ${receiver.objects.join(", ")}, not ${kind}`);
    const askedBy = principalOf(call).subject;
    return await database.transaction("receiver_load.restart", async (tx) => {
      await restartLoads(tx, wanted, { askedBy, reason });
      await writeActions(
        tx,
        { action: "reload", actor: askedBy, reason },
        wanted.map((each) => ({ direction: direction.outbound, source: name, objectId: each.kind })),
      );
      const [message] = await readReceiverMessages(tx, [receiver]);
      return message === undefined ? {} : { receiver: message };
    });
  };
