import { expect } from "bun:test";
import type { Simulator } from "./simulator.ts";

/** Posts to the administration of a simulator and gives its answer. */
export async function administer(simulator: Simulator, name: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${simulator.url}/_admin/${name}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text);
}

export async function stateOf(simulator: Simulator): Promise<Record<string, unknown>> {
  // The administration answers an object.
  return (await (await fetch(`${simulator.url}/_admin/state`)).json()) as Record<string, unknown>;
}

/** Waits until the simulator works on a call. */
export async function untilBusy(simulator: Simulator): Promise<void> {
  const deadline = Date.now() + 5000;
  while ((await stateOf(simulator)).busy !== true) {
    if (Date.now() > deadline) throw new Error("the simulator did not begin to work within 5 s");
  }
}
