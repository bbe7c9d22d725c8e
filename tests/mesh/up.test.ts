import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { freePortBase, portPlan } from "@dozor/mesh/ports";
import { startOf } from "@dozor/mesh/process-table";
import { repositoryRoot } from "@dozor/mesh/repository";
import { temporaryDataDir } from "@dozor/mesh/temporary-data-dir";
import { eventually } from "@dozor/testkit/eventually";
import { lookAtProcesses } from "./outsider.ts";

const dataDir = temporaryDataDir("dozor-up-");
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test("up starts again what dies, says so in one line, and leaves nothing behind when it is stopped", async () => {
  const portBase = await freePortBase(1);
  const main = join(repositoryRoot, "mesh", "src", "main.ts");
  const options = ["--assets", "60", "--data", dataDir, "--port-base", String(portBase)];
  const command = Bun.spawn([process.execPath, main, "up", ...options], { stdout: "pipe", stderr: "inherit" });
  try {
    const said = listen(command.stdout);
    await eventually("its first run", () => said().includes("running; Ctrl-C stops it"), { deadlineMs: 200_000 });

    const killed = lookAtProcesses(dataDir).services["tracking-1"] ?? 0;
    expect(killed).toBeGreaterThan(1);
    process.kill(killed, "SIGKILL");
    await eventually("its end to be told of", () =>
      said().includes("tracking-1 ended (SIGKILL); started again in 0.2 s\n"),
    );
    const probe = `http://127.0.0.1:${portPlan(portBase, 1).services.tracking[0]?.probe}/readyz`;
    await eventually("tracking to be ready", async () => (await fetch(probe)).ok, { deadlineMs: 60_000 });

    const { postgres, nats, services } = lookAtProcesses(dataDir);
    command.kill("SIGINT");
    expect(await command.exited).toBe(0);
    const left = [postgres, nats, ...Object.values(services)].filter((pid) => startOf(pid) !== undefined);
    expect(left).toEqual([]);
    expect(said().match(/started again/g)).toHaveLength(1);
  } finally {
    command.kill("SIGINT");
    await command.exited;
  }
});

/** All that it said so far. */
function listen(output: ReadableStream<Uint8Array>): () => string {
  let text = "";
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of output) text += decoder.decode(chunk, { stream: true });
  })();
  return () => text;
}
