import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

/** A month of the journal as a table of its own, which holds what was written before `until`. */
export type JournalMonth = { name: string; until: Date };

/** Makes the partition of the month that begins on the day, such as "2026-03-01", unless it is there, or messages of it lie in the default partition already. Answers whether it made one. */
export async function makeMonth(tx: Tx, firstDay: string): Promise<boolean> {
  const name = `integration_message_${firstDay.slice(0, 7).replace("-", "_")}`;
  const [state] = await statement(
    "journal.month_state",
    tx<{ exists: boolean; late: boolean }[]>`
      select to_regclass(${name}) is not null as exists,
        exists (
          select from integration_message_default
          where date_time >= ${firstDay}::timestamp at time zone 'utc'
            and date_time < (${firstDay}::timestamp + interval '1 month') at time zone 'utc'
        ) as late`,
  );
  if (state === undefined || state.exists || state.late) return false;
  const [year = 0, month = 1] = firstDay.split("-").map(Number);
  const until = new Date(Date.UTC(year, month, 1)).toISOString();
  // A definition takes no parameters; both are made of numbers.
  await statement(
    "journal.make_month",
    tx.unsafe(
      `create table ${name} partition of integration_message for values from ('${firstDay} 00:00:00+00') to ('${until}')`,
    ),
  );
  return true;
}

/** Months that ended before the instant, oldest first. */
export async function listMonthsBefore(sql: Queryable, before: Date): Promise<JournalMonth[]> {
  const rows = await statement(
    "journal.list_months",
    sql<{ name: string; month: string }[]>`
      select c.relname as name, substring(c.relname from '[0-9]{4}_[0-9]{2}$') as month
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'integration_message'::regclass and c.relname ~ '^integration_message_[0-9]{4}_[0-9]{2}$'
      order by c.relname limit 120`,
  );
  return rows
    .map(({ name, month }) => {
      const [year = 0, number = 1] = month.split("_").map(Number);
      return { name, until: new Date(Date.UTC(year, number, 1)) };
    })
    .filter(({ until }) => until.getTime() <= before.getTime());
}

/** Drops a month with its attempts when everything in it is finished. Answers whether it did. */
export async function dropMonth(tx: Tx, { name }: JournalMonth): Promise<boolean> {
  const [open] = await statement(
    "journal.month_is_open",
    tx<{ open: boolean }[]>`
      select exists (
        select from ${tx(name)} where request_state in (1, 2) or (request_state = 4 and skipped_at is null)
      ) as open`,
  );
  if (open?.open !== false) return false;
  await statement("journal.drop_month", tx`drop table ${tx(name)}`);
  return true;
}

/** Deletes finished messages written before the instant, with their attempts. Answers how many. */
export async function forgetMessages(tx: Tx, before: Date, limit: number): Promise<number> {
  const gone = await statement(
    "journal.forget_messages",
    tx<{ id: string }[]>`
      delete from integration_message where (counter, date_time) in (
        select counter, date_time from integration_message
        where date_time < ${before} and (request_state = 3 or skipped_at is not null)
        order by date_time, counter limit ${limit}
      )
      returning record_id as id`,
  );
  return gone.length;
}

/** Deletes attempts and notices of messages that are no more. Answers how many attempts. */
export async function forgetAttempts(tx: Tx, before: Date, limit: number): Promise<number> {
  const gone = await statement(
    "journal.forget_attempts",
    tx`
      delete from integration_attempt where (record_id, number) in (
        select record_id, number from integration_attempt a
        where a.started_at < ${before} and not exists (select from integration_message m where m.record_id = a.record_id)
        order by started_at limit ${limit}
      )`,
  );
  await statement(
    "journal.forget_notices",
    tx`
      delete from integration_notice where record_id in (
        select record_id from integration_notice n
        where n.created_at < ${before} and not exists (select from integration_message m where m.record_id = n.record_id)
        limit ${limit}
      )`,
  );
  return gone.count;
}
