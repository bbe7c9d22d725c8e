import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

/** Records by what became of them: received = saved + unchanged + quarantined + ignored. */
export type RecordCounts = {
  received: number;
  saved: number;
  unchanged: number;
  quarantined: number;
  ignored: number;
};

export type SourceStateRow = RecordCounts & {
  name: string;
  adapter: string;
  lastStartedAt: Date | null;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
  lastError: string;
  acknowledged: number;
  packets: number;
};

export async function notePollStarted(sql: Queryable, name: string, adapter: string): Promise<void> {
  await statement(
    "source_state.start",
    sql`
      insert into source_state (name, adapter, last_started_at) values (${name}, ${adapter}, now())
      on conflict (name) do update set adapter = excluded.adapter, last_started_at = excluded.last_started_at`,
  );
}

/** In the transaction that saves the records, so that the totals are always what is stored. */
export async function addRecordCounts(tx: Tx, name: string, counts: RecordCounts): Promise<void> {
  await statement(
    "source_state.count",
    tx`
      update source_state set
        received = received + ${counts.received}, saved = saved + ${counts.saved},
        unchanged = unchanged + ${counts.unchanged}, quarantined = quarantined + ${counts.quarantined},
        ignored = ignored + ${counts.ignored}
      where name = ${name}`,
  );
}

export async function addAcknowledged(sql: Queryable, name: string, records: number): Promise<void> {
  await statement(
    "source_state.acknowledge",
    sql`
      update source_state set acknowledged = acknowledged + ${records}, packets = packets + 1 where name = ${name}`,
  );
}

export async function notePollSucceeded(sql: Queryable, name: string): Promise<void> {
  await statement(
    "source_state.succeed",
    sql`update source_state set last_success_at = now(), last_error = '' where name = ${name}`,
  );
}

/** Answers whether that is news: the poll before did not fail. */
export async function notePollFailed(tx: Tx, name: string, error: string): Promise<boolean> {
  const [before] = await statement(
    "source_state.read_health",
    tx<{ healthy: boolean }[]>`
      select last_failure_at is null or coalesce(last_success_at > last_failure_at, false) as healthy
      from source_state where name = ${name} for update`,
  );
  await statement(
    "source_state.fail",
    tx`
      update source_state set last_failure_at = clock_timestamp(), last_error = ${error.slice(0, 2_000)} where name = ${name}`,
  );
  return before?.healthy ?? true;
}

export async function readSourceStates(sql: Queryable): Promise<Map<string, SourceStateRow>> {
  const rows = await statement(
    "source_state.read",
    sql<SourceStateRow[]>`
      select
        name, adapter, last_started_at as "lastStartedAt", last_success_at as "lastSuccessAt",
        last_failure_at as "lastFailureAt", last_error as "lastError",
        received, saved, unchanged, quarantined, ignored, acknowledged, packets
      from source_state order by name`,
  );
  return new Map(rows.map((row) => [row.name, row]));
}
