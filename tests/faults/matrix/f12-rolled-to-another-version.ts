import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServiceName, serviceNames } from "@dozor/mesh/ports";
import { repositoryRoot } from "@dozor/mesh/repository";
import type { ServiceInstance } from "@dozor/mesh/service-process";
import type { Fault, FaultRun } from "../harness/fault.ts";
import { passTime } from "../harness/pass-time.ts";

/** A table of each service that its migration changes, and that its old version reads and writes meanwhile. */
const busyTable: Record<ServiceName, string> = { registry: "asset", tracking: "asset", monitoring: "asset" };

/** F12: instances are stopped in order and replaced one by one by a version with a new migration, and back again by the old version. */
export const rolledToAnotherVersion: Fault = {
  id: "F12",
  name: "rolling restart with old and new version together",
  note: "the new version is the old one with a migration that takes two seconds under a lock",
  bites: ["stopped in order", "old and new together", "migrated under load", "rolled back"],
  async inject(run) {
    await run.workload.runInTheMiddle();
    await Promise.all(serviceNames.map((service) => roll(run, service)));
  },
};

async function roll(run: FaultRun, service: ServiceName): Promise<void> {
  const program = nextVersion(run, service);
  const instances = run.random.shuffled(run.mesh.services[service]);
  for (const instance of instances) {
    await replace(run, instance, { program });
    run.bite("old and new together");
    await passTime(run.random.int(200, 1_500), run.signal);
  }
  const [applied] = await run.mesh.databases[service]`
    select count(*)::int as count from runtime.schema_migration where name like ${`%_next_${run.random.seed}.sql`}
  `;
  run.bite("migrated under load", applied?.count ?? 0);
  for (const instance of instances) {
    await replace(run, instance, {});
    run.bite("rolled back");
  }
}

async function replace(run: FaultRun, instance: ServiceInstance, life: { program?: string }): Promise<void> {
  const { code, signal } = await instance.stop();
  if (code !== 0) throw new Error(`${instance.name} did not stop in order: ${signal ?? `code ${code}`}`);
  run.bite("stopped in order");
  instance.start(life);
  await instance.ready(run.signal);
}

/** The same program with one more migration; those of earlier seeds stay, because they are applied. */
function nextVersion({ mesh, random }: FaultRun, service: ServiceName): string {
  const home = join(mesh.dataDir, "next", service);
  const migrations = join(home, "migrations");
  mkdirSync(join(home, "src"), { recursive: true });
  cpSync(join(repositoryRoot, "services", service, "migrations"), migrations, { recursive: true });
  const number = String(readdirSync(migrations).filter((file) => file.endsWith(".sql")).length + 1).padStart(4, "0");
  const column = `next_${random.seed}`;
  const text = `
    alter table ${busyTable[service]} add column ${column} integer not null default 0;
    update ${busyTable[service]} set ${column} = 1;
    select pg_sleep(2);
  `;
  writeFileSync(join(migrations, `${number}_${column}.sql`), text);
  const source = JSON.stringify(join(repositoryRoot, "services", service, "src"));
  const old = readFileSync(join(mesh.dataDir, "bundles", service, "main.js"), "utf8");
  if (!old.includes(source)) throw new Error(`make another version of ${service}: its bundle does not name ${source}`);
  const program = join(home, `main-${random.seed}.js`);
  writeFileSync(program, old.replaceAll(source, JSON.stringify(join(home, "src"))));
  return program;
}
