import type { Mesh } from "../mesh.ts";
import { acknowledgedIsCommitted } from "./acknowledged-is-committed.ts";
import { backlogsReachZero } from "./backlogs-reach-zero.ts";
import { everyCheckEndsOnce } from "./every-check-ends-once.ts";
import { everyCommitCarriesItsEpoch } from "./every-commit-carries-its-epoch.ts";
import { noDuplicateTask } from "./no-duplicate-task.ts";
import { noEntityLost } from "./no-entity-lost.ts";
import { nothingVanishes } from "./nothing-vanishes.ts";
import { oneRunPerDate } from "./one-run-per-date.ts";
import { onlyLegalTransitions } from "./only-legal-transitions.ts";
import type { Finding, Oracle, OracleContext } from "./oracle.ts";
import { reportEqualsRecount } from "./report-equals-recount.ts";
import { versionsNeverFall } from "./versions-never-fall.ts";

/** The oracles of the design, by their numbers. */
export const oracles: Record<string, Oracle> = {
  I1: noEntityLost,
  I2: noDuplicateTask,
  I3: oneRunPerDate,
  I4: acknowledgedIsCommitted,
  I5: versionsNeverFall,
  I6: reportEqualsRecount,
  I7: everyCheckEndsOnce,
  I8: onlyLegalTransitions,
  I9: backlogsReachZero,
  I10: nothingVanishes,
  I11: everyCommitCarriesItsEpoch,
};

/** Asks every oracle of a mesh at rest; an oracle that cannot look counts as broken. */
export async function checkInvariants(mesh: Mesh): Promise<Record<string, Finding>> {
  const context = oracleContext(mesh);
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

/** Where the oracles of this mesh look. */
export function oracleContext(mesh: Mesh): OracleContext {
  const { databases, jetstream, streamNames, simulators } = mesh;
  return { databases, jetstream, streamNames, onecUrl: simulators?.onecUrl, receiverUrl: simulators?.receiverUrl };
}
