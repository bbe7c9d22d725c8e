import { expect } from "bun:test";
import type { Lanes } from "./lane-harness.ts";
import { attemptsMax, type LaneKey, type LaneModel, laneKeys } from "./lane-model.ts";

type Row = {
  key: LaneKey;
  recordId: string;
  state: number;
  attempts: number;
  failures: number;
  isSkipped: boolean;
  attemptsEver: number;
  notices: number;
  transitions: string[];
};
type LaneRow = { key: LaneKey; head: string; isBlocked: boolean; isClaimed: boolean; isWaiting: boolean };

/** Expects the tables and what arrived to be what the model says, and to keep what the journal promises. */
export async function agree({ sql, arrivals }: Lanes, model: LaneModel): Promise<void> {
  const [rows, lanes, told] = await Promise.all([
    sql<Row[]>`
      select source || '/' || object_id as key, record_id as "recordId", request_state as state, attempts, failures,
        skipped_at is not null as "isSkipped",
        (select count(*) from integration_attempt a where a.record_id = m.record_id) as "attemptsEver",
        (select count(*) from integration_notice n where n.record_id = m.record_id) as notices,
        array(select before || '-' || after from transition t where t.record_id = m.record_id order by t.id) as transitions
      from integration_message m where request_type = 'asset.changed' order by counter`,
    sql<LaneRow[]>`
      select source || '/' || object_id as key, head_record_id as head, is_blocked as "isBlocked", claimed_epoch is not null as "isClaimed",
        next_attempt_at > clock_timestamp() as "isWaiting"
      from integration_lane where source <> 'notice-webhook'`,
    sql<{ about: string }[]>`select object_id as about from integration_message where source = 'notice-webhook'`,
  ]);
  expect([...brokenPromises(rows, arrivals()), ...wronglyTold(rows, told)]).toEqual([]);
  const real = laneKeys.map((key) => ({
    messages: rows.filter((row) => row.key === key).map(({ key: _, notices, transitions, ...message }) => message),
    lane: lanes.find((lane) => lane.key === key),
    arrivals: arrivals().flatMap((each) => (each.key === key ? [each.recordId] : [])),
  }));
  expect(real).toEqual(laneKeys.map((key) => expected(model, key)));
}

function expected(model: LaneModel, key: LaneKey) {
  const { messages = [], isClaimed = false, isWaiting = false } = model.lanes.get(key) ?? {};
  const head = model.head(key);
  const lane = head && { key, head: head.recordId, isBlocked: head.state === 4, isClaimed, isWaiting };
  return { messages, lane, arrivals: model.arrivals.get(key) ?? [] };
}

const legal = new Set(["1-2", "2-3", "2-4", "4-1"]);

/** Of what was written and what arrived alone, without the model. */
function brokenPromises(rows: readonly Row[], arrivals: readonly { key: LaneKey; recordId: string }[]): string[] {
  const problems = rows.flatMap(({ recordId, state, attempts, failures, notices, transitions }) => [
    ...transitions.filter((each) => !legal.has(each)).map((each) => `${recordId} went ${each}`),
    ...(String(state) === (transitions.at(-1)?.split("-")[1] ?? "1")
      ? []
      : [`${recordId} is in state ${state} by no transition`]),
    ...(attempts > attemptsMax ? [`${recordId} was tried ${attempts} times`] : []),
    ...(notices === failures ? [] : [`${recordId} failed ${failures} times and was told ${notices} times`]),
  ]);
  for (const key of laneKeys) {
    const order = rows.flatMap((row) => (row.key === key ? [row.recordId] : []));
    const places = arrivals.flatMap((each) => (each.key === key ? [order.indexOf(each.recordId)] : []));
    // A repeat is of the message that arrived last: what comes later is not sent before its end is known.
    if (places.some((place, at) => place < (places[at - 1] ?? 0)))
      problems.push(`${key} arrived as ${places.join(", ")}`);
  }
  return problems;
}

/** Every failure has one notice in the journal, and nothing else has. */
function wronglyTold(rows: readonly Row[], told: readonly { about: string }[]): string[] {
  const count = (recordId: string) => told.filter(({ about }) => about === recordId).length;
  const wrong = rows.filter(({ recordId, failures }) => count(recordId) !== failures);
  const failures = rows.reduce((sum, row) => sum + row.failures, 0);
  return [
    ...wrong.map(
      (row) => `${row.recordId} failed ${row.failures} times and ${count(row.recordId)} notices are written`,
    ),
    ...(told.length === failures ? [] : [`${told.length} notices of ${failures} failures are written`]),
  ];
}
