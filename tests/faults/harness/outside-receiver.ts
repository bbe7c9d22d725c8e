import type { Mesh } from "@dozor/mesh/mesh";

/** The simulated receiver refuses this object until it accepts again. */
export async function refuse(mesh: Mesh, objectId: string, status: number): Promise<void> {
  const body = JSON.stringify({ objectId, status, body: "no such kind" });
  await administer(mesh, "refuse", { method: "POST", body });
}

export async function acceptAgain(mesh: Mesh): Promise<void> {
  await administer(mesh, "accept", { method: "POST", body: "{}" });
}

/** The messages of an object that it accepted, in that order. */
export async function readReceived(mesh: Mesh, objectId: string): Promise<string[]> {
  const answer = await administer(mesh, `object?id=${encodeURIComponent(objectId)}`, {});
  // As simulators/README.md states; null when it knows nothing of the object.
  const object = (await answer.json()) as { recordIds: string[] } | null;
  return object?.recordIds ?? [];
}

async function administer(mesh: Mesh, path: string, init: RequestInit): Promise<Response> {
  const url = `${mesh.simulators?.receiverUrl}/_admin/${path}`;
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(`administer the receiver by ${path}: HTTP ${answer.status} ${await answer.text()}`);
  return answer;
}
