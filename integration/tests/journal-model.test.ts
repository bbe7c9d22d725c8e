// Random schedules of writers, deliveries, dying processes and administrators over the outbound lanes of a real journal. After every step the tables say what
// the model says, and what the journal promises is checked of the tables alone. `DOZOR_TEST_SEED` repeats a run.

import { expect, setDefaultTimeout, test } from "bun:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { Direction } from "@dozor/proto/integration/v1/queue";
import * as fc from "fast-check";
import { agree } from "./lane-agreement.ts";
import { type Lanes, startLanes } from "./lane-harness.ts";
import {
  type Answer,
  type Death,
  type LaneKey,
  type LaneModel,
  laneKeys,
  laneModel,
  type Script,
} from "./lane-model.ts";

setDefaultTimeout(120_000);

const sources = ["portal", "archive"] as const;
type Source = (typeof sources)[number];

type Command =
  | { does: "write"; keys: LaneKey[] }
  | { does: "write and roll back"; keys: LaneKey[] }
  | { does: "deliver"; script: Script; death: Death | undefined }
  | { does: "let time pass" }
  | { does: "retry" | "skip"; target: number }
  | { does: "retry all matching"; source: Source | undefined; isCounted: boolean }
  | { does: "pause" | "resume"; source: Source; key: LaneKey | undefined };

const laneKey = fc.constantFrom(...laneKeys);
const source = fc.constantFrom(...sources);
const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined });
const answer = fc.constantFrom<Answer>(
  "accepted",
  "accepted",
  "refused",
  "unavailable",
  "unavailable",
  "silent",
  "lost",
);
const scripted = fc.record({ answer, isWrittenMeanwhile: fc.nat(5).map((drawn) => drawn === 0) });
const script: fc.Arbitrary<Script> = fc.dictionary(laneKey, fc.array(scripted, { maxLength: 4 }), { minKeys: 3 });
const death = fc.record({
  round: fc.integer({ min: 1, max: 3 }),
  moment: fc.constantFrom("after claim" as const, "after send" as const),
});
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("write" as const),
      keys: fc.array(laneKey, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("write and roll back" as const),
      keys: fc.array(laneKey, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("deliver" as const), script, death: fc.constant(undefined) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("deliver" as const), script, death }) },
  { weight: 6, arbitrary: fc.constant({ does: "let time pass" as const }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom("retry" as const, "skip" as const), target: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("retry all matching" as const),
      source: maybe(source),
      isCounted: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constantFrom("pause" as const, "resume" as const, "resume" as const),
      source,
      key: maybe(laneKey),
    }),
  },
);
const schedule = fc.array(command, { minLength: 30, maxLength: 45 });

test("whatever happens, the tables say what the model of the lanes says", async () => {
  await using lanes = await startLanes();
  await assertModel(lanes, { numRuns: 60 });
});

const sabotages: [what: string, asWhat: RegExp, sql: string][] = [
  [
    "a failed message that lets its lane go on",
    /isBlocked|arrived as/,
    `create function go_on() returns trigger language plpgsql as $$
    declare following uuid;
    begin
      select record_id into following from integration_message m
        where m.direction = 2 and m.source = new.source and m.object_id = new.object_id and m.request_state = 1 order by counter limit 1;
      if found then new.head_record_id := following; new.is_blocked := false; end if;
      return new;
    end $$;
    create trigger go_on before update on integration_lane for each row when (new.is_blocked) execute function go_on()`,
  ],
  [
    "a claim that does not hold its lane",
    /isClaimed|sent at once/,
    `create function let_go() returns trigger language plpgsql as $$ begin new.claimed_epoch := null; return new; end $$;
    create trigger let_go before update on integration_lane for each row execute function let_go()`,
  ],
  [
    "an attempt that is not counted",
    /attempts|was tried/,
    `create function not_count() returns trigger language plpgsql as $$ begin new.attempts := 1; return new; end $$;
    create trigger not_count before update on integration_message for each row when (new.attempts > 1) execute function not_count()`,
  ],
  [
    "a failure that is not counted",
    /was told/,
    `create function not_fail() returns trigger language plpgsql as $$ begin new.failures := least(new.failures, 1); return new; end $$;
    create trigger not_fail before update on integration_message for each row execute function not_fail()`,
  ],
];
for (const [what, asWhat, sql] of sabotages) {
  test(`${what} is found by the same schedules`, async () => {
    await using lanes = await startLanes();
    await lanes.sql.unsafe(sql);
    const found = await assertModel(lanes, { numRuns: 60, endOnFailure: true }).catch((error: unknown) => error);
    expect(found instanceof Error ? String(found.cause) : found).toMatch(asWhat);
  });
}

async function assertModel(lanes: Lanes, options: { numRuns: number; endOnFailure?: boolean }): Promise<void> {
  const seed = Number(process.env.DOZOR_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`journal-model.test.ts: DOZOR_TEST_SEED=${seed}`);
  await fc.assert(
    fc.asyncProperty(schedule, async (commands) => {
      const model = laneModel();
      await lanes.forgetAll();
      for (const each of commands) {
        await carryOut(each, lanes, model);
        await agree(lanes, model);
      }
    }),
    { seed, ...options },
  );
}

async function carryOut(each: Command, lanes: Lanes, model: LaneModel): Promise<void> {
  switch (each.does) {
    case "write":
      return await lanes.write(each.keys.map((key) => ({ key, recordId: model.write(key) })));
    case "write and roll back":
      return await lanes.write(
        [...new Set(each.keys)].map((key) => ({ key, recordId: model.nextRecordId(key) })),
        true,
      );
    case "deliver": {
      const written: LaneKey[] = [];
      await lanes.deliver(each.script, each.death, (key) => {
        const before = written.filter((known) => known === key).length;
        written.push(key);
        return model.nextRecordId(key, before);
      });
      return model.deliver(each.script, each.death);
    }
    case "let time pass":
      model.letTimePass();
      return await lanes.letTimePass();
    case "retry":
    case "skip":
      return await retryOrSkip(each, lanes, model);
    case "retry all matching":
      return await retryMatching(each, lanes, model);
    case "pause":
    case "resume":
      return await pauseOrResume(each, lanes, model);
  }
}

async function retryOrSkip(
  { does, target }: { does: "retry" | "skip"; target: number },
  { client }: Lanes,
  model: LaneModel,
): Promise<void> {
  const blocking = model.blocking();
  const candidates = [...blocking.map(({ recordId }) => recordId), ...model.all().map(({ recordId }) => recordId)];
  const recordId = candidates[target % candidates.length];
  if (recordId === undefined) return;
  const held = blocking.find((each) => each.recordId === recordId);
  const call =
    does === "retry" ? client.retryMessage({ recordId }) : client.skipMessage({ recordId, reason: "not needed" });
  expect(await codeOf(call)).toBe(held === undefined ? Code.FailedPrecondition : undefined);
  if (held === undefined) return;
  if (does === "retry") model.retry(held.key);
  else model.skip(held.key);
}

async function retryMatching(
  { source: only, isCounted }: { source: Source | undefined; isCounted: boolean },
  { client }: Lanes,
  model: LaneModel,
): Promise<void> {
  const matching = model.blocking().filter(({ key }) => only === undefined || key.startsWith(`${only}/`));
  const expectedCount = BigInt(matching.length + (isCounted ? 0 : 1));
  const retried: string[] = [];
  const call = async () => {
    for await (const { event } of client.retryMatching({
      filter: { source: only ?? "" },
      expectedCount,
      reason: "healed",
    }))
      if (event.case === "result" && event.value.error === "") retried.push(event.value.recordId);
  };
  expect(await codeOf(call())).toBe(isCounted ? undefined : Code.FailedPrecondition);
  if (!isCounted) return;
  expect(retried.toSorted()).toEqual(matching.map(({ recordId }) => recordId).toSorted());
  for (const { key } of matching) model.retry(key);
}

async function pauseOrResume(
  { does, source: queue, key }: { does: "pause" | "resume"; source: Source; key: LaneKey | undefined },
  { client }: Lanes,
  { pauses }: LaneModel,
): Promise<void> {
  const what = key ?? queue;
  const [name = queue, objectId = ""] = what.split("/");
  const target = { source: name, objectId, direction: Direction.OUTBOUND };
  if (does === "pause") {
    expect(await codeOf(client.pauseQueue({ ...target, reason: "moves" }))).toBe(
      pauses.has(what) ? Code.AlreadyExists : undefined,
    );
    pauses.add(what);
  } else {
    expect(await codeOf(client.resumeQueue(target))).toBe(pauses.has(what) ? undefined : Code.NotFound);
    pauses.delete(what);
  }
}

/** undefined when the call succeeds. */
async function codeOf(call: Promise<unknown>): Promise<Code | undefined> {
  return await call.then(
    () => undefined,
    (error: unknown) => ConnectError.from(error).code,
  );
}
