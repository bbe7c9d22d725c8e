import { setTimeout as delay } from "node:timers/promises";
import { type Database, statement } from "@dozor/runtime/database";

const lockWaitMs = 120_000;
/** Calls arrive at the provider less evenly than they leave here; a limit counted over a sliding second must hold all the same. */
const spacingMargin = 1.06;

/** Lets the calls of one provider through not too fast and, where it must be, one at a time, whichever instance makes them. */
export function openCallGate(
  database: Database,
  provider: string,
  limits: { callsPerSecond: number; oneCallAtATime: boolean },
) {
  const spacingMs = (1000 / limits.callsPerSecond) * spacingMargin;
  const inTime = async <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    for (;;) {
      const waitMs = await takeSlot(database, provider, spacingMs);
      if (waitMs <= 0) return await work(signal);
      await delay(waitMs, undefined, { signal });
    }
  };
  return {
    async call<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
      if (!limits.oneCallAtATime) return await inTime(signal, work);
      // The lock lives as long as this process's connection, so that a killed instance does not shut the provider off.
      const outcome = await database.withAdvisoryLock(
        `tracking calls of ${provider}`,
        (lockSignal) => inTime(lockSignal, work),
        { waitMs: lockWaitMs, signal },
      );
      if (!outcome.ran)
        throw new Error(`call provider ${provider}: another instance has been calling it for ${lockWaitMs} ms`);
      return outcome.value;
    },
    /** No call for so long: the provider asked for it. */
    async holdOff(ms: number): Promise<void> {
      await statement(
        "provider.hold_off",
        database.sql`
          update provider set next_call_at = greatest(next_call_at, clock_timestamp() + ${ms} * interval '1 millisecond')
          where name = ${provider}
        `,
      );
    },
  };
}

/** Takes the next slot when its time has come, by the clock of the database. Answers how long to wait before asking again, 0 when it was taken. */
async function takeSlot(database: Database, provider: string, spacingMs: number): Promise<number> {
  const [row] = await statement(
    "provider.take_slot",
    database.sql<{ wait_ms: number }[]>`
      with taken as (
        update provider set next_call_at = clock_timestamp() + ${spacingMs} * interval '1 millisecond'
        where name = ${provider} and next_call_at <= clock_timestamp()
        returning 0::float8 as wait_ms
      )
      select wait_ms from taken
      union all
      select greatest(1, extract(epoch from next_call_at - clock_timestamp()) * 1000)::float8 from provider
      where name = ${provider} and not exists (select from taken)
    `,
  );
  if (row === undefined) throw new Error(`call provider ${provider}: it was not registered`);
  return row.wait_ms;
}
