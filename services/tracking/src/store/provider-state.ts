import { type Queryable, statement, type Tx } from "@dozor/runtime/database";

export type ProviderState = {
  name: string;
  adapter: string;
  lastStartedAt: Date | null;
  lastSuccessAt: Date | null;
  lastError: string;
  devicesCompleteAt: Date | null;
  zonesCompleteAt: Date | null;
  contactsCompleteUntil: Date | null;
  contactsError: string;
  contactsSince: Date | null;
  contactsPage: string | null;
  contactsReceivedUntil: Date | null;
  contactCount: number;
  fixCount: number;
  flawedFixCount: number;
};

function columns(db: Queryable) {
  return db`
    name, adapter, last_started_at as "lastStartedAt", last_success_at as "lastSuccessAt", last_error as "lastError",
    devices_complete_at as "devicesCompleteAt", zones_complete_at as "zonesCompleteAt",
    contacts_complete_until as "contactsCompleteUntil", contacts_error as "contactsError",
    contacts_since as "contactsSince", contacts_page as "contactsPage",
    contacts_received_until as "contactsReceivedUntil", contact_count as "contactCount", fix_count as "fixCount",
    flawed_fix_count as "flawedFixCount"
  `;
}

export async function registerProviders(
  db: Queryable,
  providers: readonly { name: string; adapter: string }[],
): Promise<void> {
  await statement(
    "provider.register",
    db`
      insert into provider (name, adapter)
      select name, adapter from json_to_recordset(${JSON.stringify(providers)}::text::json) as n (name text, adapter text)
      on conflict (name) do update set adapter = excluded.adapter
    `,
  );
}

export async function providerStates(db: Queryable): Promise<ProviderState[]> {
  return await statement("provider.list", db<ProviderState[]>`select ${columns(db)} from provider order by name`);
}

export async function providerState(db: Queryable, name: string): Promise<ProviderState> {
  const [row] = await statement(
    "provider.get",
    db<ProviderState[]>`select ${columns(db)} from provider where name = ${name}`,
  );
  if (row === undefined) throw new Error(`read the state of provider ${name}: it was not registered`);
  return row;
}

export async function recordPollStart(tx: Tx, name: string, at: Date): Promise<void> {
  await statement("provider.start", tx`update provider set last_started_at = ${at} where name = ${name}`);
}

/** `error` is "" after a success. */
/** Answers the error with which the poll before ended; empty when it succeeded. */
export async function recordPollEnd(tx: Tx, name: string, at: Date, error: string): Promise<string> {
  const [before] = await statement(
    "provider.end",
    tx<{ error: string }[]>`
      update provider p set last_error = ${error},
        last_success_at = case when ${error} = '' then ${at}::timestamptz else p.last_success_at end
      from (select name, last_error from provider where name = ${name} for update) as old
      where p.name = old.name
      returning old.last_error as error
    `,
  );
  return before?.error ?? "";
}

export async function recordDevicesComplete(tx: Tx, name: string, at: Date): Promise<void> {
  await statement(
    "provider.devices_complete",
    tx`update provider set devices_complete_at = ${at} where name = ${name}`,
  );
}

export async function recordZonesComplete(tx: Tx, name: string, at: Date): Promise<void> {
  await statement("provider.zones_complete", tx`update provider set zones_complete_at = ${at} where name = ${name}`);
}

export async function recordContactsFailure(tx: Tx, name: string, error: string): Promise<void> {
  await statement("provider.contacts_failed", tx`update provider set contacts_error = ${error} where name = ${name}`);
}

/** Where a listing of contacts begins: all pages of it are asked for with the same `since`. */
export async function recordListingBegin(tx: Tx, name: string, since: Date): Promise<void> {
  await statement(
    "provider.listing_begin",
    tx`update provider set contacts_since = ${since}, contacts_page = null where name = ${name}`,
  );
}

export type ContactTotals = { contactCount: number; fixCount: number; flawedFixCount: number };

/** What a part of a page added; `nextPage` is the page to go on with, undefined while this one is not finished. */
export async function recordContactsProgress(
  tx: Tx,
  name: string,
  added: ContactTotals,
  receivedUntil: Date | undefined,
  nextPage: string | undefined,
): Promise<void> {
  await statement(
    "provider.contacts_progress",
    tx`
      update provider set contact_count = contact_count + ${added.contactCount}, fix_count = fix_count + ${added.fixCount},
        flawed_fix_count = flawed_fix_count + ${added.flawedFixCount},
        contacts_received_until = greatest(contacts_received_until, ${receivedUntil ?? null}::timestamptz),
        contacts_page = coalesce(${nextPage ?? null}::text, contacts_page)
      where name = ${name}
    `,
  );
}

export async function recordContactsComplete(tx: Tx, name: string, until: Date): Promise<void> {
  await statement(
    "provider.contacts_complete",
    tx`
      update provider set contacts_complete_until = ${until}, contacts_error = '', contacts_since = null,
        contacts_page = null
      where name = ${name}
    `,
  );
}

export type ProviderCounts = { provider: string; deviceCount: number; zoneCount: number; quarantinedCount: number };

export async function providerCounts(db: Queryable): Promise<ProviderCounts[]> {
  return await statement(
    "provider.counts",
    db<ProviderCounts[]>`
      select p.name as provider,
        (select count(*) from device d where d.provider = p.name and d.listed_at is not null) as "deviceCount",
        (select count(*) from zone z where z.provider = p.name and z.archived_at is null) as "zoneCount",
        (select count(*) from quarantine q where q.provider = p.name) as "quarantinedCount"
      from provider p order by p.name
    `,
  );
}
