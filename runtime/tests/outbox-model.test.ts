// Random schedules of writers that commit late or not at all and of relays that stop, die, lose what they know and meet a stream which refuses or does not
// say what it did. Postgres and NATS are the real ones, so that a run is repeated by `DOZOR_TEST_SEED` as to what is done and not as to when.

import { expect, setDefaultTimeout, test } from "bun:test";
import * as fc from "fast-check";
import { armFailpoints, parseFailpoints } from "../src/failpoint.ts";
import { silentLog } from "../src/log.ts";
import { startOutboxRelay } from "../src/outbox-relay.ts";
import { nakedRelay } from "./naked-relay.ts";
import { type OutboxWorld, type Relay, type StartRelay, startOutboxWorld } from "./outbox-world.ts";

setDefaultTimeout(120_000);

type Command =
  | { does: "write"; keys: string[]; delayMs: number; isRolledBack: boolean }
  | { does: "wait for a writer" }
  | { does: "stop a relay" | "kill a relay"; place: number }
  | { does: "forget to mark"; atHit: number };

const one = <const D extends string>(does: D) => fc.constant(does);
const keys = fc.array(fc.constantFrom("k1", "k2", "k3", "k4", "k5"), { minLength: 1, maxLength: 3 });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: one("write"),
      keys,
      delayMs: fc.integer({ min: 0, max: 12 }),
      isRolledBack: fc.nat(4).map((drawn) => drawn === 0),
    }),
  },
  { weight: 6, arbitrary: fc.record({ does: one("wait for a writer") }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom("stop a relay" as const, "kill a relay" as const), place: fc.nat(1) }),
  },
  { weight: 1, arbitrary: fc.record({ does: one("forget to mark"), atHit: fc.integer({ min: 1, max: 3 }) }) },
);
const schedule = fc.record({
  commands: fc.array(command, { minLength: 15, maxLength: 30 }),
  faultShare: fc.constantFrom(0, 0, 0.05, 0.2),
  faultSeed: fc.nat(),
});

test("what was committed arrives, what was rolled back does not, and the last version of each key is the newest that is known", async () => {
  await using world = await startOutboxWorld();
  await assertPromises(world, startOutboxRelay, 20);
});

const sabotages: [what: string, relay: StartRelay][] = [
  ["a relay that remembers how far it was", (options) => nakedRelay(options, { by: "cursor" })],
  ["a relay that marks what it is about to publish", (options) => nakedRelay(options, { by: "mark first" })],
];
for (const [what, relay] of sabotages) {
  test(`${what} is found by the same schedules`, async () => {
    await using world = await startOutboxWorld();
    const found = await assertPromises(world, relay, 60).catch((error: unknown) => error);
    expect(found instanceof Error ? String(found.cause) : found).toMatch(/never arrived/);
  });
}

async function assertPromises(world: OutboxWorld, startRelay: StartRelay, numRuns: number): Promise<void> {
  const seed = Number(process.env.DOZOR_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`outbox-model.test.ts: DOZOR_TEST_SEED=${seed}`);
  const property = fc.asyncProperty(schedule, async ({ commands, ...faults }) => {
    await using story = await world.begin(startRelay, faults);
    const relays: Relay[] = [await story.startRelay(), await story.startRelay()];
    const writings: Promise<void>[] = [];
    for (const each of commands) {
      switch (each.does) {
        case "write":
          writings.push(story.write(each));
          break;
        case "wait for a writer":
          await writings.shift();
          break;
        case "stop a relay":
        case "kill a relay":
          await relays[each.place]?.[each.does === "stop a relay" ? "stop" : "kill"]();
          relays[each.place] = await story.startRelay();
          break;
        case "forget to mark":
          armFailpoints(parseFailpoints(`outbox.after_publish_before_mark:error@${each.atHit}`), silentLog);
      }
    }
    await Promise.all(writings);
    armFailpoints(new Map(), silentLog);
    story.heal();
    expect(await story.problems()).toEqual([]);
  });
  // What is found depends on when things happen, so that looking for a shorter schedule would only lose it.
  await fc.assert(property, { seed, numRuns, endOnFailure: true });
}
