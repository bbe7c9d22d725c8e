import { describe, expect, test } from "bun:test";
import { readFlags } from "./flags.ts";

const MAINS = ["onec", "kontur-focus", "xkeeper"];

function startProcess(name: string, ...flags: string[]) {
  const main = new URL(`../${name}/main.ts`, import.meta.url).pathname;
  const args = ["--port", "0", "--assets", "20", "--now", "2025-11-20T09:00:00Z", ...flags];
  return Bun.spawn([process.execPath, main, ...args], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
}

async function addressOf(child: ReturnType<typeof startProcess>): Promise<string> {
  for await (const chunk of child.stdout) {
    const address = /listens on (\S+)/.exec(new TextDecoder().decode(chunk))?.[1];
    if (address !== undefined) return address;
  }
  throw new Error("the simulator said no address");
}

describe("a simulator's process", () => {
  for (const name of MAINS) {
    test(`${name} is ready when it says so and ends cleanly on SIGTERM`, async () => {
      const child = startProcess(name);
      const address = await addressOf(child);
      expect(await (await fetch(`${address}/_admin/health`)).json()).toEqual({ ok: true });
      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
    });
  }

  test("ends with its parent when asked to", async () => {
    const child = startProcess("xkeeper", "--exit-with-parent");
    await addressOf(child);
    child.stdin.end();
    expect(await child.exited).toBe(0);
  });

  test("refuses what it does not know with one line", async () => {
    const child = startProcess("onec", "--asets", "5", "--dirt", "much");
    expect(await child.exited).toBe(2);
    const said = await new Response(child.stderr).text();
    expect(said).toContain("unknown argument --asets");
    expect(said).toContain("--dirt must be a number");
  });
});

test("flags are read by their kinds, with a space or an equals sign", () => {
  const kinds = { port: "number", name: "text", quiet: "switch" } as const;
  expect(readFlags(kinds, ["--port", "5", "--name=a=b", "--quiet"])).toEqual({ port: 5, name: "a=b", quiet: true });
  expect(() => readFlags(kinds, ["--port"])).toThrow("--port needs a value");
});
