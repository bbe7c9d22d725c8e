// How many dead letters wait for somebody, read from the table, so that every instance says the same and a restart forgets nothing.

import { type Database, statement } from "./database.ts";
import { metrics } from "./metrics.ts";

const everyMs = 15_000;

/** Counts the unsettled letters of the consumer every 15 s until disposed; while Postgres is away the last numbers stay. */
export function observeDeadLetters({ sql }: Pick<Database, "sql">, consumer: string): Disposable {
  const observe = async () => {
    const [row] = await statement(
      "dead_letter.observe",
      sql<{ open: number; retry: number }[]>`
        select count(*) filter (where state = 'open') as open, count(*) filter (where state = 'retry') as retry
        from runtime.dead_letter where consumer = ${consumer} and state in ('open', 'retry')`,
    );
    letters.set({ queue: consumer, state: "open" }, row?.open ?? 0);
    letters.set({ queue: consumer, state: "retry" }, row?.retry ?? 0);
  };
  const tick = () => {
    observe().catch(() => {});
  };
  tick();
  const timer = setInterval(tick, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

const letters = metrics.gauge({
  name: "dead_letter_messages",
  help: "Dead letters of each consumer that are not settled",
  labels: ["queue", "state"],
});
