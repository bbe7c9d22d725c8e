import type { Mesh } from "@dozor/mesh/mesh";
import { RefusedOperationError } from "./history.ts";

/** A change of the simulated world, as simulators/README.md lists them. */
export type Operation = { op: string } & Record<string, unknown>;

/** Makes the change in each simulator, so that their worlds stay one. */
export async function changeWorld(mesh: Mesh, operation: Operation, signal: AbortSignal): Promise<void> {
  const { onecUrl = "", konturFocusUrl = "", xkeeperUrl = "" } = mesh.simulators ?? {};
  // 1C first: what it refuses happens nowhere.
  for (const url of [onecUrl, konturFocusUrl, xkeeperUrl]) {
    await administer(`${url}/_admin/operations`, { operations: [operation] }, signal);
  }
}

/** Writes a share of the objects of 1C again without changing them, with a long comment when they are to be heavy; how many it were. */
export async function touchWorld(
  mesh: Mesh,
  type: string,
  share: number,
  signal: AbortSignal,
  { commentChars }: { commentChars?: number } = {},
): Promise<number> {
  const answer = await administer(`${mesh.simulators?.onecUrl}/_admin/touch`, { type, share, commentChars }, signal);
  // As simulators/README.md states.
  const { touched } = (await answer.json()) as { touched: number };
  return touched;
}

async function administer(url: string, body: unknown, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
  });
  if (!answer.ok) throw new RefusedOperationError(`${url}: HTTP ${answer.status} ${await answer.text()}`);
  return answer;
}
