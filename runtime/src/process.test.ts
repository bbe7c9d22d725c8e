import { expect, test } from "bun:test";
import { join } from "node:path";

const module = join(import.meta.dir, "process.ts");

/** A process whose start prints "started" and whose disposal prints "disposed" after `disposeMs`. */
function child(body: string) {
  const code = `import { runUntilSignal } from ${JSON.stringify(module)};\n${body}`;
  return Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "pipe" });
}

async function untilPrinted(stream: ReadableStream<Uint8Array>, text: string): Promise<void> {
  let seen = "";
  for await (const chunk of stream) {
    seen += new TextDecoder().decode(chunk);
    if (seen.includes(text)) return;
  }
  throw new Error(`the process ended without printing ${text}: ${seen}`);
}

test("SIGTERM disposes once and exits 0", async () => {
  const started = child(`await runUntilSignal(async () => { console.log("started"); return {
    async [Symbol.asyncDispose]() { console.error("disposed"); } }; });`);
  await untilPrinted(started.stdout, "started");
  started.kill("SIGTERM");
  expect(await started.exited).toBe(0);
  expect((await new Response(started.stderr).text()).match(/disposed/g)).toHaveLength(1);
});

test("a stop that takes longer than the grace period is forced with exit 1", async () => {
  const stuck = child(`await runUntilSignal(async () => { console.log("started"); return {
    [Symbol.asyncDispose]: () => new Promise((resolve) => setTimeout(resolve, 60_000)) }; }, { graceMs: 100 });`);
  await untilPrinted(stuck.stdout, "started");
  stuck.kill("SIGTERM");
  expect(await stuck.exited).toBe(1);
});

test("a start that fails says why and exits 1", async () => {
  const failing = child(`await runUntilSignal(async () => { throw new Error("no database"); });`);
  expect(await failing.exited).toBe(1);
  expect(await new Response(failing.stderr).text()).toContain("no database");
});
