import type { Mesh } from "@dozor/mesh/mesh";

/** What a change of simulated 1C must end as in registry. */
type Written = { table: string; column: string; id: string; value: string };
export type LastWritten = {
  note(written: Written): void;
  /** After an outcome nobody knows, nothing can be expected. */
  forget(written: Omit<Written, "value">): void;
  /** Sentences about what registry holds otherwise; `checked` counts what was compared. */
  compare(mesh: Mesh): Promise<{ checked: number; problems: string[] }>;
};

/** The workload's own memory of the newest value of each thing it changed: an oracle beside the invariants. */
export function lastWritten(): LastWritten {
  const values = new Map<string, Written>();
  const keyOf = ({ table, column, id }: Omit<Written, "value">) => `${table} ${column} ${id}`;
  return {
    note: (written) => void values.set(keyOf(written), written),
    forget: (written) => void values.delete(keyOf(written)),
    async compare(mesh) {
      const problems: string[] = [];
      const bySource = Map.groupBy(values.values(), ({ table, column }) => `${table}.${column}`);
      for (const [place, all] of bySource) problems.push(...(await compareColumn(mesh, place, all)));
      return { checked: values.size, problems };
    },
  };
}

async function compareColumn(mesh: Mesh, place: string, all: readonly Written[]): Promise<string[]> {
  const [first] = all;
  if (first === undefined) return [];
  const sql = mesh.databases.registry;
  const rows = await sql<{ id: string; value: string | null }[]>`
    select external_id as id, ${sql(first.column)}::text as value from ${sql(first.table)}
    where external_id = any(${all.map(({ id }) => id)}::text[])
  `;
  const stored = new Map(rows.map(({ id, value }) => [id, value]));
  return all
    .filter(({ id, value }) => stored.get(id) !== value)
    .map(({ id, value }) => `${place} of ${id} is ${stored.get(id)} in registry, and 1C last wrote ${value}`);
}
