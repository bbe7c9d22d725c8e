import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mesh } from "@dozor/mesh/mesh";
import type { ServiceInstance } from "@dozor/mesh/service-process";

/** The failpoints at which the instance was ever struck, in all its lives, in order. */
export function strikesOf({ dataDir }: Mesh, { name }: ServiceInstance): string[] {
  const log = readFileSync(join(dataDir, "logs", `${name}.log`), "utf8");
  const lines = log.matchAll(/"event\.action":"failpoint\.strikes".*?"failpoint":"([a-z_.]+)"/g);
  return [...lines].flatMap(([, place]) => place ?? []);
}
