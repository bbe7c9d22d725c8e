import type { CounterpartyIdentity } from "@dozor/proto/registry/v1/entities";
import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

/** A counterparty whose numbers Focus has to be asked about. */
export type UncheckedCounterparty = { id: string; source: string; inn: string; ogrn: string };

/** New and changed ones first, then those whose check is older than `staleBefore`; after `afterId` within either. */
export async function listUnchecked(
  sql: Queryable,
  { staleBefore, limit }: { staleBefore: Date; limit: number },
): Promise<UncheckedCounterparty[]> {
  return await statement(
    "counterparty_check.list_unchecked",
    sql<UncheckedCounterparty[]>`
      select id, source, inn, ogrn
      from counterparty left join counterparty_check on counterparty_id = id and asked_inn = inn and asked_ogrn = ogrn
      where counterparty_id is null or checked_at < ${staleBefore}
      order by checked_at nulls first, id limit ${limit}`,
  );
}

export type CounterpartyCheck = {
  counterpartyId: string;
  askedInn: string;
  askedOgrn: string;
  identity: CounterpartyIdentity;
  checkedAt: Date;
  focusInn: string;
  focusOgrn: string;
  focusName: string;
  statusText: string;
  dissolved: boolean;
  dissolving: boolean;
  reorganizing: boolean;
  bankrupting: boolean;
  regionNumber: string;
};

/**
 * Stores checks and returns the counterparties of which something new is known now; a check that only repeats the one before is
 * stored too, for its time.
 */
export async function saveChecks(tx: Tx, checks: readonly CounterpartyCheck[]): Promise<string[]> {
  const ordered = checks.toSorted((a, b) => (a.counterpartyId < b.counterpartyId ? -1 : 1));
  const column = (of: (check: CounterpartyCheck) => string | number | boolean) =>
    ordered.map((check) => String(of(check)));
  const rows = await statement(
    "counterparty_check.save",
    tx<{ id: string }[]>`
      with given as materialized (
        select
          counterparty_id::uuid, asked_inn, asked_ogrn, identity::smallint, checked_at::timestamptz, focus_inn, focus_ogrn, focus_name,
          status_text, dissolved::boolean, dissolving::boolean, reorganizing::boolean, bankrupting::boolean, region_number
        from unnest(
          ${column((each) => each.counterpartyId)}::text[], ${column((each) => each.askedInn)}::text[],
          ${column((each) => each.askedOgrn)}::text[], ${column((each) => each.identity)}::text[],
          ${column((each) => each.checkedAt.toISOString())}::text[], ${column((each) => each.focusInn)}::text[],
          ${column((each) => each.focusOgrn)}::text[], ${column((each) => each.focusName)}::text[],
          ${column((each) => each.statusText)}::text[], ${column((each) => each.dissolved)}::text[],
          ${column((each) => each.dissolving)}::text[], ${column((each) => each.reorganizing)}::text[],
          ${column((each) => each.bankrupting)}::text[], ${column((each) => each.regionNumber)}::text[]
        ) as raw (
          counterparty_id, asked_inn, asked_ogrn, identity, checked_at, focus_inn, focus_ogrn, focus_name,
          status_text, dissolved, dissolving, reorganizing, bankrupting, region_number
        )
      ),
      news as materialized (
        select given.counterparty_id as id
        from given left join counterparty_check as known using (counterparty_id)
        where known.counterparty_id is null or
          (known.asked_inn, known.asked_ogrn, known.identity, known.focus_inn, known.focus_ogrn, known.focus_name,
            known.status_text, known.dissolved, known.dissolving, known.reorganizing, known.bankrupting, known.region_number)
          is distinct from
          (given.asked_inn, given.asked_ogrn, given.identity, given.focus_inn, given.focus_ogrn, given.focus_name,
            given.status_text, given.dissolved, given.dissolving, given.reorganizing, given.bankrupting, given.region_number)
      ),
      saved as (
        insert into counterparty_check
        select given.* from given join counterparty on counterparty.id = given.counterparty_id
        on conflict (counterparty_id) do update set
          asked_inn = excluded.asked_inn, asked_ogrn = excluded.asked_ogrn, identity = excluded.identity,
          checked_at = excluded.checked_at, focus_inn = excluded.focus_inn, focus_ogrn = excluded.focus_ogrn,
          focus_name = excluded.focus_name, status_text = excluded.status_text, dissolved = excluded.dissolved,
          dissolving = excluded.dissolving, reorganizing = excluded.reorganizing, bankrupting = excluded.bankrupting,
          region_number = excluded.region_number
        returning 1
      )
      select id from news`,
  );
  return rows.map(({ id }) => id);
}
