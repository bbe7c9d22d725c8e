import { readFileSync } from "node:fs";
import type { ServiceInstance } from "@dozor/mesh/service-process";
import { beforeCommitOf } from "@dozor/runtime/job";
import { eventually } from "@dozor/testkit/eventually";
import { askToPoll } from "./ask-to-poll.ts";
import type { FaultRun } from "./fault.ts";
import { strikesOf } from "./strikes.ts";

/** A job that an instance held when it stopped, in this epoch. */
export type HeldJob = { job: string; epoch: number };

const attemptsMax = 12;
const commitMax = 5;

/** Starts the instance anew so that it stops itself between two commits of one of the jobs; resolves when it stands still and holds such a job. */
export async function stopBeforeCommit(
  run: FaultRun,
  instance: ServiceInstance,
  jobs: readonly string[],
): Promise<HeldJob> {
  const { mesh, random, signal } = run;
  const sql = mesh.databases[instance.service];
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    await instance.kill();
    const places = jobs.map((job) => `${beforeCommitOf(job)}:pause@${random.int(1, commitMax)}`);
    instance.start({ env: { DOZOR_FAILPOINTS: places.join(",") } });
    await eventually(`${instance.name} to stop before a commit`, () => isStopped(instance.pid()), {
      deadlineMs: 60_000,
      signal,
    });
    const struck = strikesOf(mesh, instance).at(-1);
    const job = jobs.find((each) => beforeCommitOf(each) === struck) ?? "";
    const [held] = await sql<HeldJob[]>`
      select name as job, epoch::int as epoch from runtime.job where holder like ${`${instance.name}-%`} and name = ${job}
    `;
    if (held !== undefined) return held;
  }
  throw new Error(
    `stop ${instance.name} before a commit of ${jobs.join(" or ")}: it held none in ${attemptsMax} lives`,
  );
}

/** Resolves when another instance took the job over. */
export async function takenOver(
  run: FaultRun,
  { service, index }: ServiceInstance,
  { job, epoch }: HeldJob,
): Promise<void> {
  const sql = run.mesh.databases[service];
  const others = run.mesh.services[service].filter((other) => other.index !== index);
  // A load that asks the one which stands still waits for it in vain.
  if (job === "poll-1c") await askToPoll(run, others);
  const isTaken = async () => {
    const [now] = await sql<{ epoch: number }[]>`select epoch::int as epoch from runtime.job where name = ${job}`;
    return (now?.epoch ?? 0) > epoch;
  };
  await eventually(`${job} to be taken over`, isTaken, { deadlineMs: 60_000, signal: run.signal });
}

/** How many commits of each job this life of the instance had refused. */
export async function refusedCommits({ httpUrl }: ServiceInstance): Promise<Map<string, number>> {
  const answer = await fetch(`${httpUrl}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const lines = (await answer.text()).matchAll(
    /^scheduled_run_commits_refused_total\{[^}]*schedule="([^"]+)"[^}]*\} (\d+)/gm,
  );
  return new Map([...lines].map(([, job = "", count]) => [job, Number(count)]));
}

function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may hold anything; the state is the first field after it.
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
}
