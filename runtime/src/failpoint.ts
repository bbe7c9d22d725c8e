// Places at which a fault test may strike a process: `await failpoint("outbox.after_publish_before_mark")`. Promised: nothing happens and nothing is
// spent unless the place was armed at start, arming is logged as a warning, and a strike says so before it falls. Not promised: that the log line of a
// killed process reaches a reader beyond standard output.

import type { Log } from "./log.ts";

/** What a strike does: SIGKILL or SIGSTOP to the own process, or an error thrown at the place. */
type Action = "kill" | "pause" | "error";
type Armed = { action: Action; atHit: number; hits: number };
export type ArmedFailpoints = Map<string, Armed>;

let armed: ArmedFailpoints | undefined;
let warn: Log["warn"] = () => {};

/** Strikes if the place is armed and this is the hit it was armed for. */
export async function failpoint(name: string): Promise<void> {
  if (armed === undefined) return;
  const found = armed.get(name);
  if (found === undefined) return;
  found.hits += 1;
  if (found.hits !== found.atHit) return;
  warn("failpoint.strikes", { failpoint: name, action: found.action, hit: found.hits });
  if (found.action === "error") throw new FailpointError(name);
  process.kill(process.pid, found.action === "kill" ? "SIGKILL" : "SIGSTOP");
}

/** Thrown where a place was armed with "error". */
export class FailpointError extends Error {
  constructor(name: string) {
    super(`failpoint ${name} was armed to fail here`);
    this.name = "FailpointError";
  }
}

/**
 * Reads "outbox.after_publish_before_mark:kill@3,…": the place, what happens (kill, pause, error), and at which hit (1 unless given).
 *
 * @throws an error that names the part which cannot be read
 */
export function parseFailpoints(text: string): ArmedFailpoints {
  const parsed: ArmedFailpoints = new Map();
  for (const part of text.split(",").map((each) => each.trim())) {
    const match = /^([a-z_]+(?:\.[a-z_]+)+):(kill|pause|error)(?:@([1-9]\d{0,5}))?$/.exec(part);
    const [, name, action, hit] = match ?? [];
    if (name === undefined || action === undefined) throw new Error(`${part} is not like place.in_words:kill@3`);
    // The expression allows these three words only.
    parsed.set(name, { action: action as Action, atHit: Number(hit ?? 1), hits: 0 });
  }
  return parsed;
}

/** Arms the places of this process. Never silently: a process that may kill itself says so at its start. */
export function armFailpoints(failpoints: ArmedFailpoints, log: Log): void {
  armed = failpoints;
  warn = (event, fields) => log.warn(event, fields);
  const places = [...failpoints].map(([name, { action, atHit }]) => `${name}:${action}@${atHit}`);
  log.warn("failpoints.armed", { failpoints: places });
}
