import { expect, test } from "bun:test";
import { eventually } from "@dozor/testkit/eventually";
import type { Exit } from "./child-process.ts";
import { type Kept, keepRunning } from "./keep-running.ts";

test("what ends is started again with a growing pause, and each end is told with its reason", async () => {
  const { kept, lives, end } = program();
  const lines: string[] = [];
  await using _ = keepRunning([kept], { say: (line) => lines.push(line), pauseMs: 1, pauseMsMax: 3, calmMs: 60_000 });
  for (const [index, exit] of [killed, killed, { code: 1, signal: null }].entries()) {
    end(exit);
    await eventually("the next life", () => lives() === index + 2);
  }
  expect(lines).toEqual([
    "part ended (SIGKILL); started again in 0.001 s",
    "part ended (SIGKILL); started again in 0.002 s",
    "part ended (code 1); started again in 0.003 s",
  ]);
});

test("after a calm life the pause is the first one again", async () => {
  const { kept, lives, end } = program();
  const lines: string[] = [];
  await using _ = keepRunning([kept], { say: (line) => lines.push(line), pauseMs: 1, calmMs: 0 });
  for (const life of [2, 3]) {
    end(killed);
    await eventually("the next life", () => lives() === life);
  }
  expect(lines).toEqual(Array.from({ length: 2 }, () => "part ended (SIGKILL); started again in 0.001 s"));
});

test("a start that fails is tried again, and its log is left out of the line", async () => {
  const { kept, lives, end } = program(["start part: it ended (code 1); its last lines:\nport 1 is taken"]);
  const lines: string[] = [];
  await using _ = keepRunning([kept], { say: (line) => lines.push(line), pauseMs: 1 });
  end(killed);
  await eventually("the next life", () => lives() === 2);
  expect(lines).toEqual([
    "part ended (SIGKILL); started again in 0.001 s",
    "part did not start (start part: it ended (code 1)); started again in 0.002 s",
  ]);
});

test("nothing is started any more once the mesh stops, not even what waits for its pause", async () => {
  const { kept, lives, end } = program();
  const lines: string[] = [];
  const keeping = keepRunning([kept], { say: (line) => lines.push(line), pauseMs: 60_000, pauseMsMax: 60_000 });
  end(killed);
  await eventually("its end is told", () => lines.length === 1);
  await keeping[Symbol.asyncDispose]();
  end(killed);
  expect(lives()).toBe(1);
  expect(lines).toHaveLength(1);
});

const killed: Exit = { code: null, signal: "SIGKILL" };

/** Lives until told to end; its next starts fail with the given errors first. */
function program(failures: string[] = []) {
  let life = Promise.withResolvers<Exit>();
  let lives = 1;
  const kept: Kept = {
    name: "part",
    exited: () => life.promise,
    async start() {
      const failure = failures.shift();
      if (failure !== undefined) throw new Error(failure);
      life = Promise.withResolvers();
      lives += 1;
    },
  };
  return { kept, lives: () => lives, end: (exit: Exit) => life.resolve(exit) };
}
