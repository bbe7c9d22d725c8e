import { type Finding, finding, type OracleContext, type OracleSql } from "./oracle.ts";

type Acknowledged = { type: string; id: string; version: string; verdict: "accepted" | "rejected" };

const tables: Record<string, string> = {
  Catalog_Номенклатура: "nomenclature",
  Catalog_Контрагенты: "counterparty",
  Catalog_КонтактныеЛица: "contact",
  Catalog_ДоговорыЛизинга: "contract",
  Catalog_ПредметыЛизинга: "asset",
};
const pageSize = 1000;

/**
 * I4: every record that 1C was told of lies in registry or in its quarantine, by the ledger that the simulator of 1C kept. Types that
 * the mapping does not know are acknowledged and kept nowhere, by contract.
 */
export async function acknowledgedIsCommitted({
  databases: { registry: sql },
  onecUrl,
}: OracleContext): Promise<Finding> {
  if (onecUrl === undefined) return await acknowledgedAddsUp(sql);
  const answer = await fetch(`${onecUrl}/_admin/ledger`, { signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`ask the simulator of 1C for its ledger: HTTP ${answer.status}`);
  const { entries }: { entries: Acknowledged[] } = await answer.json();
  const problems: string[] = [];
  let checked = 0;
  for (const [type, table] of Object.entries(tables)) {
    const known = entries.filter((entry) => entry.type === type);
    const lost: string[] = [];
    for (let from = 0; from < known.length; from += pageSize) {
      lost.push(...(await unsaved(sql, type, table, known.slice(from, from + pageSize))));
    }
    checked += known.length;
    if (lost.length > (await namelessCount(sql, type))) problems.push(...lost);
  }
  return finding(checked, problems);
}

/** Records that came without an id lie in quarantine without one, and cannot be told apart in the ledger. */
async function namelessCount(sql: OracleSql, type: string): Promise<number> {
  const [row] = await sql`select count(*)::int as count from quarantine where type = ${type} and external_id = ''`;
  return row?.count ?? 0;
}

async function unsaved(sql: OracleSql, type: string, table: string, page: readonly Acknowledged[]): Promise<string[]> {
  const [ids, versions] = [page.map(({ id }) => id), page.map(({ version }) => version)];
  const lost = await sql<{ id: string; version: string }[]>`
    select given.id, given.version from unnest(${ids}::text[], ${versions}::text[]) as given (id, version)
    where not exists (select from ${sql(table)} e where e.external_id = given.id)
      and not exists (select from quarantine q where q.type = ${type} and q.external_id = given.id)
  `;
  return lost.map(({ id, version }) => `${type} ${id} version ${version} was acknowledged and lies nowhere`);
}

/** With a 1C of somebody else's there is no ledger: no more was acknowledged than is accounted for. */
async function acknowledgedAddsUp(sql: OracleSql): Promise<Finding> {
  const sources = await sql<{ name: string; acknowledged: number; kept: number }[]>`
    select name, acknowledged::int as acknowledged, (saved + unchanged + quarantined + ignored)::int as kept from source_state
  `;
  const wrong = sources.filter(({ acknowledged, kept }) => acknowledged > kept);
  return finding(
    sources.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    wrong.map(({ name, acknowledged, kept }) => `source ${name}: ${acknowledged} were acknowledged and ${kept} kept`),
  );
}
