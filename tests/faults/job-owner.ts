import type { Mesh } from "@dozor/mesh/mesh";
import type { ServiceName } from "@dozor/mesh/ports";
import type { ServiceInstance } from "@dozor/mesh/service-process";

/** The instance that holds a job now, by the service's own ledger, and the others. */
export async function jobOwner(
  mesh: Mesh,
  service: ServiceName,
  job: string,
): Promise<{ owner: ServiceInstance; other: ServiceInstance; epoch: number } | undefined> {
  const [row] = await mesh.databases[service]<{ holder: string | null; epoch: number }[]>`
    select holder, epoch::int as epoch from runtime.job where name = ${job}
  `;
  const instances = mesh.services[service];
  const owner = instances.find(({ name }) => row?.holder?.startsWith(`${name}-`));
  const other = instances.find((instance) => instance !== owner);
  return owner && other && row ? { owner, other, epoch: row.epoch } : undefined;
}
