import { deliveriesFollowTheRules } from "./journal-holds.ts";
import { type Finding, finding, type OracleContext, type OracleSql, pagedRows, together } from "./oracle.ts";

type Event = {
  task: string;
  number: string;
  type: string;
  before: string | null;
  after: string;
  now: string;
  last: boolean;
};

// Written here a second time on purpose: a mistake in the machine's own table must not excuse itself.
const legal: Record<string, readonly string[]> = {
  open: ["in_progress", "snoozed"],
  in_progress: ["open", "snoozed", "resolved"],
  snoozed: ["open", "in_progress", "resolved"],
  resolved: ["open", "closed"],
  closed: [],
};

/** I8: every task and every message of the journals went from state to state by transitions that exist, and no message was tried more often than it may be. */
export async function onlyLegalTransitions({ databases }: OracleContext): Promise<Finding> {
  return together([
    await tasksMoveLegally(databases.monitoring),
    await deliveriesFollowTheRules("registry", databases.registry),
    await deliveriesFollowTheRules("tracking", databases.tracking),
  ]);
}

/** None is skipped in its history, and each stands where that ends. */
async function tasksMoveLegally(sql: OracleSql): Promise<Finding> {
  const events = pagedRows(sql<Event[]>`
    select t.task_id::text as task, t.number::text as number, e.type, e.state_before as before, e.state_after as after, t.state as now,
      lead(e.event_id) over (partition by e.task_id order by e.event_id) is null as last
    from task t left join task_event e using (task_id)
    order by e.task_id, e.event_id
  `);
  const problems: string[] = [];
  let checked = 0;
  let previous: Event | undefined;
  for await (const event of events) {
    checked += 1;
    const expected = previous?.task === event.task ? previous.after : null;
    const name = `task ${event.number}`;
    if (event.type === null) {
      problems.push(`${name} has no history`);
    } else if (event.before !== expected) {
      problems.push(`${name}: ${event.type} goes from ${event.before}, where it was ${expected}`);
    } else if (event.before !== null && event.before !== event.after && !legal[event.before]?.includes(event.after)) {
      problems.push(`${name}: ${event.type} goes from ${event.before} to ${event.after}`);
    } else if (event.last && event.after !== event.now) {
      problems.push(`${name} is ${event.now}, and its history ends in ${event.after}`);
    }
    previous = event;
  }
  return finding(checked, problems);
}
