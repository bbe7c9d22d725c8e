import { type ServiceName, serviceNames } from "@dozor/mesh/ports";
import { openDatabase } from "@dozor/runtime/database";
import { replayOutbox } from "@dozor/runtime/outbox";
import { eventually } from "@dozor/testkit/eventually";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { haveSomeRefused, replayAllFailed } from "../harness/replay-journal.ts";
import { withoutDuplicateWindow } from "../harness/streams.ts";

/** F15: everything that was ever published is published again, and all that a receiver refused is sent again, while new messages come. */
export const replayedUnderLoad: Fault = {
  id: "F15",
  name: "outbox and journal replayed during live traffic",
  bites: [
    ...["rows published again", "old messages came again"],
    ...["messages refused", "messages held up", "messages replayed"],
  ],
  async inject(run) {
    // Within its window the stream would refuse what it knows, and the consumers would have nothing to withstand.
    await withoutDuplicateWindow(run);
    const refused = await haveSomeRefused(run);
    await run.workload.runInTheMiddle();
    const before = await storedMessages(run);
    for (const service of run.random.shuffled(serviceNames)) {
      const rows = await replay(run, service);
      run.log(`${rows} rows of ${service} go out again`);
      run.bite("rows published again", rows);
    }
    await replayAllFailed(run, refused);
    await eventually("messages stored a second time", async () => (await storedMessages(run)) - before > 100, {
      deadlineMs: 30_000,
      signal: run.signal,
    });
    run.bite("old messages came again");
  },
};

async function replay({ mesh }: FaultRun, service: ServiceName): Promise<number> {
  await using database = await openDatabase({
    url: mesh.postgres.urlOf(`dozor_${service}`),
    applicationName: "fault-replay",
    poolMax: 4,
  });
  return await replayOutbox(database, { publishedSince: new Date(0) });
}

async function storedMessages({ mesh }: FaultRun): Promise<number> {
  const manager = await mesh.jetstream();
  const { registry, checks, facts } = mesh.streamNames;
  const infos = await Promise.all([registry, checks, facts].map((stream) => manager.streams.info(stream)));
  return infos.reduce((sum, { state }) => sum + state.messages, 0);
}
