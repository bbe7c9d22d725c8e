import type { Mesh } from "../mesh.ts";
import type { Finding, Oracle, OracleContext } from "./oracle.ts";

/** The oracles of the design, by their numbers. */
export const oracles: Record<string, Oracle> = {};

/** Asks every oracle of a mesh at rest; an oracle that cannot look counts as broken. */
export async function checkInvariants(mesh: Mesh): Promise<Record<string, Finding>> {
  const context: OracleContext = {
    databases: mesh.databases,
    jetstream: mesh.jetstream,
    streamNames: mesh.streamNames,
    onecUrl: mesh.simulators?.onecUrl,
  };
  const findings: Record<string, Finding> = {};
  for (const [name, oracle] of Object.entries(oracles)) {
    findings[name] = await oracle(context).catch((error: unknown) => ({
      ok: false,
      checked: 0,
      problems: [`the oracle could not look: ${error instanceof Error ? error.message : String(error)}`],
    }));
  }
  return findings;
}
