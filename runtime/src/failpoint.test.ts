import { afterEach, expect, test } from "bun:test";
import { armFailpoints, FailpointError, failpoint, parseFailpoints } from "./failpoint.ts";
import { type Log, silentLog } from "./log.ts";

afterEach(() => armFailpoints(new Map(), silentLog));

test("a failpoint strikes at the hit it was armed for, once, and says so before", async () => {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (event, fields) => void warnings.push(`${event} ${JSON.stringify(fields)}`) };
  armFailpoints(parseFailpoints("outbox.after_publish_before_mark:error@2"), log);
  expect(warnings).toEqual(['failpoints.armed {"failpoints":["outbox.after_publish_before_mark:error@2"]}']);
  await failpoint("outbox.after_publish_before_mark");
  expect(failpoint("outbox.after_publish_before_mark")).rejects.toBeInstanceOf(FailpointError);
  expect(warnings.at(-1)).toContain("failpoint.strikes");
  await failpoint("outbox.after_publish_before_mark");
});

test("a place that is not armed does nothing", async () => {
  armFailpoints(parseFailpoints("outbox.after_publish_before_mark:error"), silentLog);
  await failpoint("consumer.after_effect_before_ack");
});

test("a process that was told to kill itself is killed at that place", async () => {
  const script = `
    import { armFailpoints, failpoint, parseFailpoints } from ${JSON.stringify(new URL("./failpoint.ts", import.meta.url).href)};
    armFailpoints(parseFailpoints("a.place:kill@2"), { debug() {}, info() {}, warn: (event) => console.log(event), error() {} });
    await failpoint("a.place");
    console.log("still here");
    await failpoint("a.place");
    console.log("never here");
  `;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  expect((await new Response(child.stdout).text()).trim().split("\n")).toEqual([
    "failpoints.armed",
    "still here",
    "failpoint.strikes",
  ]);
});

test("what cannot be read is refused by name", () => {
  for (const text of ["outbox", "outbox.mark:burn", "outbox.mark:kill@0", "outbox.mark:kill@", ""]) {
    expect(() => parseFailpoints(text), text).toThrow("is not like place.in_words:kill@3");
  }
});
