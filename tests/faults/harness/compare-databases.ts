import type { Mesh } from "@dozor/mesh/mesh";

type Known = { id: string; external: string; deleted: boolean; vin: string; plate: string; description: string };

/**
 * Compares what registry was told by 1C with what monitoring shows, asset by asset and column by column, by nothing that the services themselves compare:
 * no version, no hash, no snapshot. Sentences about differences; `checked` counts assets.
 */
export async function compareDatabases(mesh: Mesh): Promise<{ checked: number; problems: string[] }> {
  const { registry, monitoring } = mesh.databases;
  const told = await registry<Known[]>`
    select id::text as id, external_id as external, deleted, vin, plate, description from asset order by id
  `;
  const shown = await monitoring<Known[]>`
    select asset_id::text as id, external_id as external, deleted, vin, plate, description from asset order by asset_id
  `;
  const byId = new Map(shown.map((asset) => [asset.id, asset]));
  const problems: string[] = [];
  for (const asset of told) {
    const other = byId.get(asset.id);
    byId.delete(asset.id);
    if (other === undefined) problems.push(`asset ${asset.id} of registry is not in monitoring`);
    else problems.push(...differences(asset, other));
  }
  problems.push(...[...byId.keys()].map((id) => `asset ${id} of monitoring is not in registry`));
  return { checked: told.length, problems };
}

function differences(told: Known, shown: Known): string[] {
  const columns = ["external", "deleted", "vin", "plate", "description"] as const;
  return columns
    .filter((column) => told[column] !== shown[column])
    .map((column) => `asset ${told.id}: ${column} is ${told[column]} in registry and ${shown[column]} in monitoring`);
}
