import { setTimeout as delay } from "node:timers/promises";
import { type Database, statement } from "@dozor/runtime/database";

const lockWaitMs = 120_000;

/** Lets the calls of one provider through one at a time and not too fast, whichever instance makes them. */
export function createCallGate(database: Database, provider: string, callsPerSecond: number) {
  const spacingMs = 1000 / callsPerSecond;
  return {
    async call<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
      // The lock lives as long as this process's connection, so that a killed instance does not shut the provider off.
      const outcome = await database.withAdvisoryLock(
        `tracking calls of ${provider}`,
        async (lockSignal) => {
          const waitMs = await takeSlot(database, provider, spacingMs);
          if (waitMs > 0) await delay(waitMs, undefined, { signal: lockSignal });
          return await work(lockSignal);
        },
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

/** Reserves the next slot by the clock of the database. Answers how long to wait for it. */
async function takeSlot(database: Database, provider: string, spacingMs: number): Promise<number> {
  const [row] = await statement(
    "provider.take_slot",
    database.sql<{ wait_ms: number }[]>`
      with slot as (
        select greatest(next_call_at, clock_timestamp()) as at from provider where name = ${provider} for update
      )
      update provider set next_call_at = slot.at + ${spacingMs} * interval '1 millisecond'
      from slot where name = ${provider}
      returning (extract(epoch from slot.at - clock_timestamp()) * 1000)::float8 as wait_ms
    `,
  );
  if (row === undefined) throw new Error(`call provider ${provider}: it was not registered`);
  return row.wait_ms;
}
