import { expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { eventually } from "@dozor/testkit/eventually";
import { freePort } from "@dozor/testkit/free-port";
import { connect } from "nats";
import postgres from "postgres";
import { startOf } from "./process-table.ts";
import { temporaryDataDir } from "./temporary-data-dir.ts";

type Started = { pids: number[]; url: string; natsUrl: string };

test("a parent killed by SIGKILL leaves nothing running, and its data directory starts again", async () => {
  const dataDir = temporaryDataDir("dozor-orphans-");
  try {
    const first = await startParent(dataDir);
    const sql = postgres(first.started.url, { max: 1 });
    await sql`create table kept (word text)`;
    await sql`insert into kept values ('дозор')`;
    await sql.end();
    first.parent.kill("SIGKILL");
    await eventually("no child left", () => first.started.pids.every((pid) => startOf(pid) === undefined));

    const second = await startParent(dataDir);
    const again = postgres(second.started.url, { max: 1 });
    expect((await again`select word from kept`).map((row) => row.word)).toEqual(["дозор"]);
    await again.end();
    const nats = await connect({ servers: second.started.natsUrl });
    expect((await nats.jetstreamManager()).streams).toBeDefined();
    await nats.close();
    second.parent.kill("SIGKILL");
    await eventually("no child left", () => second.started.pids.every((pid) => startOf(pid) === undefined));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test("a parent killed in the moment in which it starts a child leaves no child", async () => {
  const dataDir = temporaryDataDir("dozor-orphans-");
  try {
    const program = fileURLToPath(import.meta.resolve("./watchdog-test-hasty-parent.ts"));
    const parent = Bun.spawn([process.execPath, program, dataDir], { stdout: "pipe", stderr: "inherit" });
    const pid = Number(await new Response(parent.stdout).text());
    expect(pid).toBeGreaterThan(1);
    await eventually("no child left", () => startOf(pid) === undefined);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test("a Postgres whose parent and watchdog both died is stopped by the next start", async () => {
  const dataDir = temporaryDataDir("dozor-orphans-");
  try {
    const first = await startParent(dataDir);
    for (const pid of watchdogsOf(first.parent.pid)) process.kill(pid, "SIGKILL");
    first.parent.kill("SIGKILL");
    await first.parent.exited;
    const [orphan = 0, ...rest] = first.started.pids;
    expect(startOf(orphan)).toBeDefined();
    for (const pid of rest) process.kill(pid, "SIGKILL");

    const second = await startParent(dataDir);
    expect(startOf(orphan)).toBeUndefined();
    second.parent.kill("SIGKILL");
    await eventually("no child left", () => second.started.pids.every((pid) => startOf(pid) === undefined));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test("a dead Postgres whose parent never took notice of its death does not hold the data directory", async () => {
  const dataDir = temporaryDataDir("dozor-orphans-");
  try {
    const first = await startParent(dataDir);
    first.parent.kill("SIGSTOP");
    for (const pid of first.started.pids) process.kill(pid, "SIGKILL");
    await eventually("the children are dead", () => first.started.pids.every((pid) => startOf(pid) === undefined));

    const second = await startParent(dataDir);
    for (const { parent } of [first, second]) parent.kill("SIGKILL");
    await eventually("no child left", () => second.started.pids.every((pid) => startOf(pid) === undefined));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

async function startParent(dataDir: string) {
  const ports = [await freePort(), await freePort(), await freePort()].map(String);
  const program = fileURLToPath(import.meta.resolve("./watchdog-test-parent.ts"));
  const parent = Bun.spawn([process.execPath, program, dataDir, ...ports], { stdout: "pipe", stderr: "inherit" });
  const { value } = await parent.stdout.getReader().read();
  const started: Started = JSON.parse(new TextDecoder().decode(value));
  for (const pid of started.pids) expect(startOf(pid)).toBeDefined();
  return { parent, started };
}

function watchdogsOf(parent: number): number[] {
  const children = `/proc/${parent}/task/${parent}/children`;
  if (!existsSync(children)) throw new Error("this test reads /proc");
  const list = Bun.spawnSync(["cat", children]).stdout.toString().trim().split(" ").map(Number);
  return list.filter((pid) =>
    Bun.spawnSync(["cat", `/proc/${pid}/cmdline`])
      .stdout.toString()
      .includes("watchdog-main.ts"),
  );
}
