import type { Mesh } from "@dozor/mesh/mesh";
import type { Fault } from "@dozor/simulators/harness/faults";

export type OutsideSystem = "onec" | "kontur-focus" | "x-keeper";

/** What a simulator is told to do wrong, at one of its endpoints. */
export type OutsideFault = Partial<Fault> & Pick<Fault, "endpoint">;
export type OutsideState = {
  /** Still to be met by a call. */
  faults: OutsideFault[];
  busy: boolean;
  /** Calls that came while another one ran. */
  concurrencyViolations: number;
  counters: Record<string, Record<string, number>>;
};

export async function spoil(mesh: Mesh, system: OutsideSystem, fault: OutsideFault): Promise<void> {
  await administer(mesh, system, "faults", { method: "POST", body: JSON.stringify({ faults: [fault] }) });
}

/** Every simulator behaves again. */
export async function unspoil(mesh: Mesh): Promise<void> {
  for (const system of ["onec", "kontur-focus", "x-keeper"] as const) {
    await administer(mesh, system, "faults", { method: "DELETE" });
  }
}

export async function outsideState(mesh: Mesh, system: OutsideSystem): Promise<OutsideState> {
  // The simulator is ours, and its README states this shape.
  return (await (await administer(mesh, system, "state", {})).json()) as OutsideState;
}

async function administer(mesh: Mesh, system: OutsideSystem, path: string, init: RequestInit): Promise<Response> {
  const { onecUrl, konturFocusUrl, xkeeperUrl } = mesh.simulators ?? {};
  const url = { onec: onecUrl, "kontur-focus": konturFocusUrl, "x-keeper": xkeeperUrl }[system];
  const answer = await fetch(`${url}/_admin/${path}`, { ...init, signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(`administer ${system} by ${path}: HTTP ${answer.status} ${await answer.text()}`);
  return answer;
}
