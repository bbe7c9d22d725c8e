import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ReceiverConfig } from "@dozor/integration/receivers/read-receivers";
import { countLanes } from "@dozor/integration/store/receiver-lanes";
import {
  type Receiver,
  type ReceiverLoad,
  ReceiverLoadSchema,
  ReceiverSchema,
} from "@dozor/proto/registry/v1/receiver";
import type { Queryable } from "@dozor/runtime/database";
import { receivedKinds } from "../../intake/announce-changes.ts";
import { type ReceiverLoadRow, readLoads } from "../../store/receiver-load.ts";

/** The given receivers with what the database says of them, by name. */
export async function readReceiverMessages(sql: Queryable, receivers: readonly ReceiverConfig[]): Promise<Receiver[]> {
  const names = receivers.map(({ name }) => name);
  const [loads, lanes] = await Promise.all([readLoads(sql, names), countLanes(sql, names)]);
  return receivers
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((receiver) => {
      const { unfinished, blocked } = lanes.get(receiver.name) ?? { unfinished: 0, blocked: 0 };
      return create(ReceiverSchema, {
        name: receiver.name,
        loads: receivedKinds(receiver).map(({ kind }) =>
          loadMessage(
            kind,
            loads.find((load) => load.receiver === receiver.name && load.kind === kind),
          ),
        ),
        unfinishedCount: BigInt(unfinished),
        blockedCount: BigInt(blocked),
      });
    });
}

function loadMessage(kind: string, load: ReceiverLoadRow | undefined): ReceiverLoad {
  if (load === undefined) return create(ReceiverLoadSchema, { kind });
  const { beganAt, endedAt, readCount, queuedCount, askedBy, reason } = load;
  return create(ReceiverLoadSchema, {
    kind,
    beganAt: timestampFromDate(beganAt),
    ...(endedAt === null ? {} : { endedAt: timestampFromDate(endedAt) }),
    readCount: BigInt(readCount),
    queuedCount: BigInt(queuedCount),
    askedBy,
    reason,
  });
}
