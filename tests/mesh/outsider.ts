import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What somebody sees of a mesh who has only a process table and its data directory. */
export type Seen = { postgres: number; nats: number; services: Record<string, number> };

export function lookAtProcesses(dataDir: string): Seen {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: read(`/proc/${name}/cmdline`) }));
  const services = processes.flatMap(({ pid, command }) => {
    if (!command.includes(join(dataDir, "bundles"))) return [];
    const instance = /(?:^|\0)DOZOR_INSTANCE=([^\0]+)/.exec(read(`/proc/${pid}/environ`))?.[1];
    return instance === undefined ? [] : [[instance, pid] as const];
  });
  return {
    postgres: Number(read(join(dataDir, "postgres", "postmaster.pid")).split("\n")[0]),
    nats: processes.find(({ command }) => command.includes(join(dataDir, "nats-server.conf")))?.pid ?? 0,
    services: Object.fromEntries(services),
  };
}

/** Empty for what ended while we looked. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
